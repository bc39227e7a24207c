# QEMU's guest agent on a machine that is made to be tested. It runs as root, and can set the clock and write in one folder.
{ paths, ... }:
{
  CapabilityBoundingSet = "CAP_SYS_TIME";
  ProtectClock = false;
  # The one device it answers on; it needs no other, not even /dev/null's like.
  PrivateDevices = false;
  DevicePolicy = "closed";
  DeviceAllow = [ "char-virtio-portsdev rw" ];
  ProtectHome = true;
  ProcSubset = "pid";
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  ReadWritePaths = [ paths.guestAgentFolder ];
  InaccessiblePaths = [
    paths.postgresqlHome
    paths.odooState
    paths.pgadminState
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
  ];
  NoExecPaths = [
    paths.guestAgentFolder
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    "~@privileged @resources"
    # Taken away with @privileged.
    "@clock"
  ];
}
