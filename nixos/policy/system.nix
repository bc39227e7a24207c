# The machine around the services: accounts, folders, kernel settings, and entry points that other software opens by itself.
{ names, paths, handymen, ... }:
{
  # Service accounts: static (a stable uid for peer and for the files), no login, no password, no keys.
  services = {
    ${names.superuser} = { home = paths.emptyHome; shell = paths.nologin; };
    ${names.odoo} = { home = paths.emptyHome; shell = paths.nologin; };
    ${names.pgadmin} = { home = paths.emptyHome; shell = paths.nologin; };
  };
  # People: ordinary users with a key and without a password. Their homes are closed to each other.
  people = {
    ${names.admin} = { home = "/home/${names.admin}"; shell = paths.loginShell; };
  }
  // builtins.mapAttrs (name: _: { home = "/home/${name}"; shell = paths.loginShell; }) handymen;
  homeMode = "0700";

  # Folders that exist before any service starts. For a missing folder, InaccessiblePaths= fails without "-", and silently leaves
  # it accessible with "-".
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

  # Kernel settings for a machine where people have shells: no access to its log, its addresses or other processes' memory, no
  # large kernel interfaces without privileges, and protection against links and files of other users. Messages from network
  # neighbours change no route. (Keys that a kernel does not have are ignored; `*` is each interface, including later ones, "all"
  # and "default".)
  sysctl = {
    # Otherwise a user with a terminal can request another line discipline, which loads its kernel module.
    "dev.tty.ldisc_autoload" = 0;
    # Nothing here uses POSIX message queues, which outlive their user's processes and can be seen only where they are mounted.
    "fs.mqueue.queues_max" = 0;
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
    # Exists in Debian's kernel. user.max_user_namespaces would also block the services' own namespaces.
    "kernel.unprivileged_userns_clone" = 0;
    "kernel.yama.ptrace_scope" = 2;
    "net.core.bpf_jit_harden" = 2;
    "net.ipv4.conf.*.accept_redirects" = 0;
    "net.ipv4.conf.*.accept_source_route" = 0;
    "net.ipv4.conf.*.send_redirects" = 0;
    "net.ipv6.conf.*.accept_redirects" = 0;
    "net.ipv6.conf.*.accept_source_route" = 0;
  };

  # Modules that the kernel may load when a process opens a socket of their protocol. The kernel does so for every user, and most
  # protocols that a distribution builds as modules are not needed here: all other protocols in the kernel's list of modules are
  # refused (./blocked-protocols). The modules below belong to network and packet sockets, to the packet filter, and to ss(8).
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

  # systemd-ssh-generator adds sshd-unix-local.socket (and one for vsock): a second entry to sshd that every local user and
  # service can reach.
  maskedGenerators = [ "systemd-ssh-generator" ];
}
