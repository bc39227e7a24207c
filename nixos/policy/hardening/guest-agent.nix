# QEMU's guest agent on a test machine. It runs as root, and can set the clock and write in one folder.
{ paths, ... }:
{
  CapabilityBoundingSet = "CAP_SYS_TIME";
  ProtectClock = false;
  # The virtio port is the only device that the agent needs; it does not use /dev/null or similar devices.
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
    # @privileged contains @clock: allow it again.
    "@clock"
  ];
}
