{ policy, render, equals, contains, allAre, ... }:
let
  p = policy { };
  u = (render p).units;
  walls = p.hardening;
  units = builtins.attrNames p.backup.services;
  withoutOdoo = [ "odoo-box-backup-cold" "odoo-box-restore@" ];
  other = policy {
    names.odooDatabase = "Odoo-Martel.14";
    paths.backupDirectory = "/mnt/backup";
    settings = { backupHotSchedule = null; backupColdSchedule = "monthly"; backupColdKeep = 2; };
  };
  off = policy { settings.backup = false; };
in
{
  "There are a hot and a cold backup, and a restore" = equals [ "odoo-box-backup-cold" "odoo-box-backup-hot" "odoo-box-restore@" ] units;
  "Backups may become another user and nothing else" = allAre (unit: walls.${unit}.CapabilityBoundingSet == "CAP_SETUID CAP_SETGID") units;
  "Backups name no user, not even root, or systemd would take CAP_SETUID away" = allAre (unit: !(p.backup.services.${unit}.service ? User)) units;
  "Backups write their own folder only" = equals [ "/var/backups/odoo-box" ] walls.odoo-box-backup-hot.ReadWritePaths;
  "A restore writes Odoo's folder besides" = equals [ "/var/backups/odoo-box" "/var/lib/odoo" ] walls."odoo-box-restore@".ReadWritePaths;
  "Nothing runs from a folder that backups write" = allAre (
    unit: builtins.all (path: builtins.elem path walls.${unit}.NoExecPaths) walls.${unit}.ReadWritePaths
  ) units;
  "Backups have no network" = allAre (unit: walls.${unit}.PrivateNetwork && walls.${unit}.RestrictAddressFamilies == [ "AF_UNIX" ]) units;
  "Backups have no user namespace of their own: peer would see nobody" = allAre (unit: !(walls.${unit} ? PrivateUsers)) units;
  "The folder of backups is root's and closed" =
    builtins.elem { path = "/var/backups/odoo-box"; mode = "0700"; user = "root"; } p.system.directories;
  "Odoo is stopped for a cold backup and a restore, and started again whatever becomes of them" = allAre (
    unit:
    builtins.all (line: contains "\n${line}\n" u."${unit}.service") [
      "Conflicts=odoo.service" "After=odoo.service" "OnSuccess=odoo.service" "OnFailure=odoo.service"
    ]
  ) withoutOdoo;
  "A hot backup does not touch Odoo" = !(contains "odoo.service" u."odoo-box-backup-hot.service");
  "No backup is started by the machine's start" = allAre (unit: !(contains "[Install]" u."${unit}.service")) units;
  "The timers are" = contains "\nWantedBy=timers.target\n" u."odoo-box-backup-hot.timer" && contains "\nWantedBy=timers.target\n" u."odoo-box-backup-cold.timer";
  "A box that was off makes up for the hot backup, and not for the cold one" =
    contains "\nPersistent=yes\n" u."odoo-box-backup-hot.timer" && contains "\nPersistent=no\n" u."odoo-box-backup-cold.timer";
  "A schedule of null is no timer" = equals [ "odoo-box-backup-cold" ] (builtins.attrNames other.units.timers);
  "Schedule, number, folder and names reach the units" =
    contains "\nOnCalendar=monthly\n" (render other).units."odoo-box-backup-cold.timer"
    && builtins.all (line: contains "\n${line}\n" (render other).units."odoo-box-backup-cold.service") [
      "Environment=COLD_KEEP=2" "Environment=BACKUP_DIRECTORY=/mnt/backup" "Environment=ODOO_DATABASE=Odoo-Martel.14"
      "Environment=FILE_STORE=/var/lib/odoo/filestore/Odoo-Martel.14" "RequiresMountsFor=/mnt/backup"
    ];
  "Odoo's role may enter the database that a restore fills" =
    builtins.elem { database = "odoo_box_new"; user = "odoo"; method = "peer"; } p.postgresql.hba;
  "Without backups there is no unit for them" = equals { s = false; t = { }; } {
    s = builtins.any (contains "backup") (builtins.attrNames off.units.services);
    t = off.units.timers;
  };
}
