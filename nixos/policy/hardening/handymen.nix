# The unit that creates and removes handymen: root, who becomes the cluster's superuser, deletes accounts and gives their files to
# root.
{ paths, ... }:
{
  # To become another user, to kill that user's processes as the user itself, and to take over the user's files.
  CapabilityBoundingSet = "CAP_SETUID CAP_SETGID CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH";
  ProtectHome = false;
  # The unit checks in /proc that no process of a removed user is left.
  ProtectProc = "default";
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  # It writes accounts and keys, and wherever a removed handyman could leave a file: temporary folders, shared memory, the folder
  # of her logins below /run, mail, and whatever folder the admin gave her. Of all that, it can reach what is not closed below.
  ProtectSystem = false;
  ReadOnlyPaths = [ ];
  PrivateTmp = false;
  TemporaryFileSystem = [ ];
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
  ];
  NoExecPaths = [
    "/home"
    "/etc"
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    # As for backups, but with @chown: files change their owner.
    "~@resources"
  ];
}
