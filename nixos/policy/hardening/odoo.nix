# Odoo. Python code that administrators of Odoo can extend at run time: the service most worth a sandbox.
{ lib, settings, paths, ... }:
{
  PrivateUsers = true;
  # Odoo loads modules from a folder below its own data folder: that folder stays empty.
  ReadOnlyPaths = [ "/run" paths.odooAddons ];
  # Not ProcSubset=pid: psutil reads /proc/stat, and the workers die without it.
  InaccessiblePaths = [
    # "-" silently drops a path that is missing when the service starts: use it only for paths that may be missing.
    paths.postgresqlHome
    paths.pgadminState
    "-${paths.pgadminConfigDirectory}"
    "-/var/log"
    "-/var/backups"
    "-/var/spool"
    "-/var/lib/nginx"
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
    "-/run/log"
    "/run/pgadmin"
  ];
  NoExecPaths = [
    "/"
    paths.odooState
    "/run/odoo"
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    "~@privileged @keyring io_uring_setup io_uring_enter io_uring_register userfaultfd"
  ];

  # --- network: loopback only, and only its own two ports. (systemd cannot filter connects by port: ../filter.nix does.)
  RestrictAddressFamilies = [
    "AF_UNIX"
    "AF_INET"
    "AF_INET6"
  ];
  IPAddressDeny = [ "any" ];
  IPAddressAllow = [ "localhost" ];
  # Not "any": every prefork worker binds 127.0.0.1:0 and would fail with EPERM; port 0 lies in no range, so deny by ranges.
  SocketBindDeny = [
    "ipv6"
    "ipv4:udp"
  ]
  ++ map (range: "ipv4:tcp:${range}") (
    lib.rangesWithout [
      settings.odooHttpPort
      settings.odooGeventPort
    ]
  );

  TasksMax = "256";
  MemoryMax = settings.odooMemoryMax;
  # A worker that uses up the memory is killed, and Odoo starts a new one.
  OOMPolicy = "continue";
}
