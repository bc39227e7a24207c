# Backups of Odoo's database and file store: the units and their timers; ./backup has the scripts that they run.
#
#   hot      Odoo keeps running
#   cold     Odoo is stopped for the duration, by Conflicts= of the unit: the script has no access to systemd
#   restore  odoo-box-restore@NAME.service, or @latest; Odoo is stopped as well
#
# Odoo is started again after a cold backup and after a restore, whether they succeeded or failed.
{ names, settings, paths, ... }:
let
  script = name: "${paths.bash} ${paths.configDirectory}/backup/${name}";
  service = description: command: {
    unit = {
      Description = description;
      # Not Requires=: a backup must not start PostgreSQL that an administrator stopped; it fails instead.
      After = [ paths.postgresqlUnit ];
      RequiresMountsFor = paths.backupDirectory;
    };
    service = {
      Type = "oneshot";
      # Runs as root, as every unit without User= does; data is read and written as its owner (./backup/common). With User=root,
      # systemd 257 drops CAP_SETUID before it loads a filter that allows capset, and NoNewPrivileges= prevents regaining it.
      Environment = environment;
      ExecStart = command;
      # The duration grows with the data; a time limit would only discard work that is almost complete.
      TimeoutStartSec = "infinity";
    };
    wantedBy = [ ];
  };
  environment = [
    "PGHOST=${paths.socketDirectory}"
    "PGPORT=${toString settings.postgresqlPort}"
    "POSTGRESQL_PROGRAMS=${dirOf paths.postgresqlProgram}"
    "BACKUP_DIRECTORY=${paths.backupDirectory}"
    "HOT_KEEP=${toString settings.backupHotKeep}"
    "COLD_KEEP=${toString settings.backupColdKeep}"
    "FILE_STORE=${paths.odooState}/filestore/${names.odooDatabase}"
    "SUPERUSER=${names.superuser}"
    "ADMIN=${names.admin}"
    "ODOO=${names.odoo}"
    "ODOO_DATABASE=${names.odooDatabase}"
    "NEW_DATABASE=${newDatabase}"
    "OLD_DATABASE=${oldDatabase}"
    "PGADMIN=${names.pgadmin}"
    "PGADMIN_DATABASE=${names.pgadminDatabase}"
    "HANDYMAN_GROUP=${names.handymanGroup}"
  ];
  withoutOdoo =
    one:
    one
    // {
      unit = one.unit // {
        After = one.unit.After ++ [ "odoo.service" ];
        Conflicts = [ "odoo.service" ];
        OnSuccess = [ "odoo.service" ];
        OnFailure = [ "odoo.service" ];
        # Without these, the end of a cold backup would cancel a waiting restore, because Odoo conflicts with the restore as well.
        OnSuccessJobMode = "fail";
        OnFailureJobMode = "fail";
      };
    };
  timer =
    description: schedule: persistent:
    if schedule == null then
      null
    else
      {
        unit = {
          Description = description;
        }
        # A test machine is frozen and later gets the correct time: all jobs that became due in between would start at that
        # moment, in the middle of a scenario. On a test machine the timers are enabled as usual, but starting them has no effect
        # until a scenario creates this file.
        // (if settings.testMachine then { ConditionPathExists = "/run/odoo-box-timers"; } else { });
        timer = {
          OnCalendar = schedule;
          Persistent = persistent;
        };
        wantedBy = [ "timers.target" ];
      };
  # Databases that exist only during a restore. No configurable name may be one of them.
  newDatabase = "odoo_box_new";
  oldDatabase = "odoo_box_old";
  present = attrs: removeAttrs attrs (builtins.filter (name: attrs.${name} == null) (builtins.attrNames attrs));
in
{
  inherit newDatabase oldDatabase;
  directory = paths.backupDirectory;

  services =
    if settings.backup then
      {
        odoo-box-backup-hot = service "Hot backup of Odoo's database and file store" (script "backup hot");
        odoo-box-backup-cold = withoutOdoo (
          service "Cold backup of Odoo's database and file store" (script "backup cold")
        );
        "odoo-box-restore@" = withoutOdoo (
          service "Restore of Odoo's database and file store from the backup %i" (script "restore %i")
        );
      }
    else
      { };

  timers =
    if settings.backup then
      present {
        # A box that was off at the scheduled time runs the backup when it starts.
        odoo-box-backup-hot = timer "Hot backups of Odoo" settings.backupHotSchedule true;
        # Not persistent: a cold backup at start would stop Odoo in the middle of the day.
        odoo-box-backup-cold = timer "Cold backups of Odoo" settings.backupColdSchedule false;
      }
    else
      { };
}
