# What makes and removes handymen: root, who becomes the cluster's superuser, takes accounts away and gives what is left to root.
{ paths, ... }:
{
  # To become another user, to end his processes by being him, and to take over his files.
  CapabilityBoundingSet = "CAP_SETUID CAP_SETGID CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH";
  ProtectHome = false;
  # It sees to it that nothing of somebody's goes on.
  ProtectProc = "default";
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  # Accounts and keys; what is left of those who go.
  ReadWritePaths = [
    "/etc"
    "/home"
    "-/var/spool/cron"
    "-/var/lib/systemd/linger"
  ];
  InaccessiblePaths = [
    paths.postgresqlHome
    paths.odooState
    paths.pgadminState
    paths.pgadminLog
    paths.backupDirectory
    "-${paths.pgadminConfigDirectory}"
    "-/etc/ssl/private"
    "-/boot"
    "-/run/dbus"
    "-/run/systemd/private"
    "-/run/systemd/resolve"
  ];
  NoExecPaths = [
    "/home"
    "/etc"
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    # As for backups; and files change their owner.
    "~@resources"
  ];
}
