# nginx without root: one capability, two ports. Key and certificate are passed as credentials, so that no file of the web
# server's user contains them.
{ settings, paths, ... }:
{
  UMask = "0027";
  ProtectHome = true;
  CapabilityBoundingSet = "CAP_NET_BIND_SERVICE";
  AmbientCapabilities = "CAP_NET_BIND_SERVICE";
  ProcSubset = "pid";
  ReadWritePaths = [ "/run/nginx" ];
  InaccessiblePaths = [
    paths.postgresqlHome
    paths.odooState
    paths.pgadminState
    # Otherwise the web server's user could connect to the database's socket.
    paths.socketDirectory
    "-${paths.pgadminConfigDirectory}"
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/var/backups"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
  ];
  NoExecPaths = [
    "/"
    "/var/cache/nginx"
    "/var/log/nginx"
    "/run/nginx"
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    "~@privileged @resources @keyring io_uring_setup io_uring_enter io_uring_register userfaultfd"
  ];
  RestrictAddressFamilies = [
    "AF_UNIX"
    "AF_INET"
    "AF_INET6"
  ];
  SocketBindDeny = [ "any" ];
  TasksMax = "64";
  MemoryMax = "512M";
  SocketBindAllow = [
    "tcp:${toString settings.httpPort}"
    "tcp:${toString settings.httpsPort}"
  ];
}
