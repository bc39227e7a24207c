# Backups of Odoo's database and file store: the units and their timers; ./backup has the scripts that they run.
#
#   hot      Odoo goes on serving
#   cold     Odoo is stopped for it, by Conflicts= and not by the script, which has no right over systemd
#   restore  odoo-box-restore@NAME.service, or @latest; Odoo is stopped as well
#
# Odoo is started again after a cold backup and after a restore, whatever became of them.
{ names, settings, paths, ... }:
let
  script = name: "${paths.bash} ${paths.configDirectory}/backup/${name}";
  service = description: command: {
    unit = {
      Description = description;
      # Not Requires=: a backup starts no PostgreSQL that somebody stopped; it fails.
      After = [ paths.postgresqlUnit ];
      RequiresMountsFor = paths.backupDirectory;
    };
    service = {
      Type = "oneshot";
      # Root's, as a unit without User= is: whatever reads or writes data does so as its owner (./backup/common). With
      # User=root systemd 257 takes CAP_SETUID away before it loads a filter that allows capset, and NoNewPrivileges= keeps
      # it from coming back.
      Environment = environment;
      ExecStart = command;
      # It takes as long as there is data; a limit would only throw away what is nearly done.
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
        # Or the end of a cold backup would end a restore that waits for it: Odoo conflicts with that, too.
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
        # A machine that is made to be tested is frozen and later gets the right time: whatever had to be done in between
        # would be done at that moment, in the middle of a scenario. There a timer is enabled like any other, and its start
        # does nothing, until a scenario makes this file.
        // (if settings.testMachine then { ConditionPathExists = "/run/odoo-box-timers"; } else { });
        timer = {
          OnCalendar = schedule;
          Persistent = persistent;
        };
        wantedBy = [ "timers.target" ];
      };
  # Databases that are there during a restore only. No configurable name may be one of them.
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
        # A box that was off at that hour makes it up when it starts.
        odoo-box-backup-hot = timer "Hot backups of Odoo" settings.backupHotSchedule true;
        # Not this one: it would stop Odoo in the middle of the day.
        odoo-box-backup-cold = timer "Cold backups of Odoo" settings.backupColdSchedule false;
      }
    else
      { };
}
