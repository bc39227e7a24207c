# pgAdmin behind its socket: it needs a database socket and nothing else, so it has no network at all.
{ settings, paths, ... }:
{
  PrivateUsers = true;
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  InaccessiblePaths = [
    paths.postgresqlHome
    paths.odooState
    "-${paths.configDirectory}"
    "-/var/backups"
    "-/var/spool"
    "-/var/log/journal"
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
    "-/run/log"
    "/run/odoo"
  ];
  NoExecPaths = [
    "/"
    paths.pgadminState
    paths.pgadminLog
    "/run/pgadmin"
    "/tmp"
    "/var/tmp"
  ];
  ExecPaths = paths.execPaths ++ paths.pgadminExecPaths;
  # @privileged contains chown. Therefore systemd creates the socket: gunicorn calls chown on a socket that it binds itself.
  SystemCallFilter = [
    "@system-service"
    "~@privileged @keyring io_uring_setup io_uring_enter io_uring_register userfaultfd"
  ];
  TasksMax = "128";
  MemoryMax = settings.pgadminMemoryMax;
}
