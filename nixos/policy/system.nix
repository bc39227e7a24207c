# The machine around the services: accounts, folders, the kernel, and doors that other software opens by itself.
{ names, paths, handymen, ... }:
{
  # Service accounts: static (a stable uid for peer and for the files), no login, no password, no keys.
  services = {
    ${names.superuser} = { home = paths.emptyHome; shell = paths.nologin; };
    ${names.odoo} = { home = paths.emptyHome; shell = paths.nologin; };
    ${names.pgadmin} = { home = paths.emptyHome; shell = paths.nologin; };
  };
  # People: ordinary users with a key, and no password either. Their homes are closed to each other.
  people = {
    ${names.admin} = { home = "/home/${names.admin}"; shell = paths.loginShell; };
  }
  // builtins.mapAttrs (name: _: { home = "/home/${name}"; shell = paths.loginShell; }) handymen;
  homeMode = "0700";

  # Folders that exist before any service starts. InaccessiblePaths= without "-" fails on a missing one, and
  # with "-" silently leaves it open.
  directories = [
    { path = paths.socketDirectory; mode = "0755"; user = names.superuser; }
    { path = paths.postgresqlHome; mode = "0750"; user = names.superuser; }
    { path = paths.odooState; mode = "0700"; user = names.odoo; }
    { path = paths.odooAddons; mode = "0500"; user = names.odoo; }
    { path = paths.pgadminState; mode = "0700"; user = names.pgadmin; }
    { path = paths.pgadminLog; mode = "0700"; user = names.pgadmin; }
    { path = "/run/odoo"; mode = "0700"; user = names.odoo; }
    { path = "/run/pgadmin"; mode = "0700"; user = names.pgadmin; }
    { path = paths.backupDirectory; mode = "0700"; user = "root"; }
  ];

  # The kernel, where people have shells: no look at its log, its addresses or other processes' memory, no way into its larger
  # doors without privileges, no links or files of others to fall for. What a neighbour on the network says changes no route.
  # (A key that a kernel does not have is passed over; `*` is each interface, those that come later, "all" and "default".)
  sysctl = {
    # Anybody who has a terminal may ask for another line discipline, and with it for its module.
    "dev.tty.ldisc_autoload" = 0;
    "fs.protected_fifos" = 2;
    "fs.protected_hardlinks" = 1;
    "fs.protected_regular" = 2;
    "fs.protected_symlinks" = 1;
    "fs.suid_dumpable" = 0;
    "kernel.dmesg_restrict" = 1;
    "kernel.io_uring_disabled" = 2;
    "kernel.kptr_restrict" = 2;
    "kernel.perf_event_paranoid" = 3;
    "kernel.unprivileged_bpf_disabled" = 1;
    # Debian's kernel has it. user.max_user_namespaces would end the services' own namespaces, too.
    "kernel.unprivileged_userns_clone" = 0;
    "kernel.yama.ptrace_scope" = 2;
    "net.core.bpf_jit_harden" = 2;
    "net.ipv4.conf.*.accept_redirects" = 0;
    "net.ipv4.conf.*.accept_source_route" = 0;
    "net.ipv4.conf.*.send_redirects" = 0;
    "net.ipv6.conf.*.accept_redirects" = 0;
    "net.ipv6.conf.*.accept_source_route" = 0;
  };

  # Modules that the kernel may load because somebody opened a socket of their protocol. It does so for anybody, and most protocols
  # that a distribution's kernel has as modules have no use here: each other one that the kernel's own list of modules names is
  # refused (./blocked-protocols). These belong to sockets of the network and of packets, to the packet filter, and to ss(8).
  protocolsOnDemand = [
    "af_packet"
    "af_packet_diag"
    "inet_diag"
    "ipv6"
    "mptcp_diag"
    "netlink_diag"
    "nfnetlink"
    "raw_diag"
    "tcp_diag"
    "udp_diag"
    "unix"
    "unix_diag"
  ];

  # systemd-resolved, which otherwise listens on 0.0.0.0:5355 and 0.0.0.0:5353.
  resolved = {
    LLMNR = "no";
    MulticastDNS = "no";
  };

  # systemd-ssh-generator adds sshd-unix-local.socket (and one for vsock): a second door to sshd, which every
  # local user and service can reach.
  maskedGenerators = [ "systemd-ssh-generator" ];
}
