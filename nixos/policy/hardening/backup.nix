# Backups and restores: root without root's rights. The one thing it may is to become the owner of what it reads or writes: the
# cluster's superuser, who dumps, and Odoo's user. Exposure (systemd-analyze security): 1.1, all of it for being root who may do that.
{ paths, ... }:
{
  # To become another user, and nothing else: no DAC_OVERRIDE, no CHOWN. Root owns the backups, so it needs neither.
  CapabilityBoundingSet = "CAP_SETUID CAP_SETGID";
  # Never PrivateUsers: peer would see nobody.
  ProtectHome = true;
  ProcSubset = "pid";
  # PostgreSQL's socket is a file; there is nothing to reach besides.
  PrivateNetwork = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  IPAddressDeny = [ "any" ];
  ReadWritePaths = [ paths.backupDirectory ];
  InaccessiblePaths = [
    # The data of the others: the database is dumped through the socket.
    paths.postgresqlHome
    paths.pgadminState
    paths.pgadminLog
    "-${paths.pgadminConfigDirectory}"
    "-/run/pgadmin.sock"
    # What is root's alone: it is root here, without root's rights, and owns these.
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
    "-/run/systemd/resolve"
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
    # Of @privileged it has these two groups, and what setpriv becomes another user by: @setuid and capset, which stay.
    "~@chown @resources"
  ];
}
