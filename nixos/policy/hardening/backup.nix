# Backups and restores: root without root's privileges. The only privilege left is to become the owner of the data: the cluster's
# superuser for the dump, and Odoo's user. Exposure (systemd-analyze security): 1.1, all of it because the unit runs as root with
# this privilege.
{ paths, ... }:
{
  # Only to become another user: no DAC_OVERRIDE, no CHOWN. Root owns the backups and needs neither.
  CapabilityBoundingSet = "CAP_SETUID CAP_SETGID";
  # Never PrivateUsers: peer authentication would see the user nobody.
  ProtectHome = true;
  ProcSubset = "pid";
  # PostgreSQL's socket is a file; the unit needs no other connection.
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  ReadWritePaths = [ paths.backupDirectory ];
  InaccessiblePaths = [
    # Data of other services: the database is dumped through the socket.
    paths.postgresqlHome
    paths.pgadminState
    paths.pgadminLog
    "-${paths.pgadminConfigDirectory}"
    "-/run/pgadmin.sock"
    # Files of root: this unit runs as root without root's privileges, but owns these files.
    "-${paths.odooMasterPassword}"
    "-/etc/shadow"
    "-/etc/shadow-"
    "-/etc/gshadow"
    "-/etc/gshadow-"
    "-/etc/sudoers"
    "-/etc/sudoers.d"
    "-/var/log/journal"
    "-/run/log/journal"
    "-/var/lib/private"
    "-/var/lib/systemd/random-seed"
    "-/run/udev"
    "-/etc/ssh"
    "-/etc/ssl/private"
    "-/boot"
    # Odoo is stopped and started by the unit's relations, not by the script.
    "-/run/dbus"
    "-/run/systemd/private"
  ];
  NoExecPaths = [
    paths.backupDirectory
    "/tmp"
    "/var/tmp"
  ];
  SystemCallFilter = [
    "@system-service"
    # Of @system-service, @setuid and capset stay: setpriv uses them to become another user.
    "~@chown @resources"
  ];
}
