# PostgreSQL. Never PrivateUsers here: peer authentication would see the user nobody.
{ settings, paths, ... }:
{
  ProcSubset = "pid";
  # Second barrier after listen_addresses = '': no network at all, and no socket of another family.
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
  ];
  # A StateDirectory and /tmp are separate mounts: "/" alone leaves them executable (seen on 257).
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
  # One process for each connection, plus a few of the server itself.
  TasksMax = toString (settings.postgresqlConnections + 100);
  MemoryMax = settings.postgresqlMemoryMax;
  # A process that uses up the memory is killed, and the server recovers by itself; systemd does not stop the unit.
  OOMPolicy = "continue";
}
