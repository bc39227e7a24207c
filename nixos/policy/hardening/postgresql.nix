# PostgreSQL. Never PrivateUsers here: peer would see nobody.
{ settings, paths, ... }:
{
  ProcSubset = "pid";
  # The second wall behind listen_addresses = '': no network at all, and no socket of another kind.
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  ReadWritePaths = [ paths.socketDirectory ];
  InaccessiblePaths = [
    paths.odooState
    paths.pgadminState
    paths.pgadminLog
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
    "-/run/systemd/resolve"
  ];
  # A StateDirectory and /tmp are mounts of their own: "/" alone leaves them executable (seen on 257).
  NoExecPaths = [
    "/"
    paths.postgresqlHome
    paths.socketDirectory
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    "~@privileged @resources @keyring io_uring_setup io_uring_enter io_uring_register userfaultfd"
  ];
  # One process for each connection, and a few of its own.
  TasksMax = toString (settings.postgresqlConnections + 100);
  MemoryMax = settings.postgresqlMemoryMax;
  # A statement that takes all memory is ended, and the server recovers by itself; it is not stopped for it.
  OOMPolicy = "continue";
}
