# The unit that loads the packet filter: root with the one capability that this needs, over netlink sockets.
{ paths, ... }:
{
  CapabilityBoundingSet = "CAP_NET_ADMIN";
  ProtectHome = true;
  ProcSubset = "pid";
  RestrictAddressFamilies = [ "AF_UNIX" "AF_NETLINK" ];
  IPAddressDeny = [ "any" ];
  InaccessiblePaths = [
    "-${paths.postgresqlHome}"
    "-${paths.odooState}"
    "-${paths.pgadminState}"
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
  ];
  NoExecPaths = [
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    "~@privileged @resources"
  ];
}
