# Backups: their timers, units and scripts.
{
  evaluate,
  profile,
  example,
  equals,
  contains,
  ...
}:
let
  c = profile.config;
  e = (evaluate example).config;
in
{
  "Backups have timers, which are enabled, and wait for a file on a machine for tests" =
    equals
      {
        real = [ "timers.target" ];
        tested = [ "timers.target" ];
        realWaits = false;
        testedWaits = "/run/odoo-box-timers";
        when = "*-*-* 01:30:00";
      }
      {
        real = e.systemd.timers.odoo-box-backup-hot.wantedBy;
        tested = c.systemd.timers.odoo-box-backup-hot.wantedBy;
        realWaits = e.systemd.timers.odoo-box-backup-hot.unitConfig ? ConditionPathExists;
        testedWaits = c.systemd.timers.odoo-box-backup-hot.unitConfig.ConditionPathExists;
        when = e.systemd.timers.odoo-box-backup-hot.timerConfig.OnCalendar;
      };
  "Options of backups reach their units" =
    let
      b =
        (evaluate {
          imports = [ example ];
          services.odoo-box.backup = {
            directory = "/mnt/backup";
            hot.schedule = "hourly";
            hot.keep = 48;
            cold.schedule = null;
          };
        }).config.systemd;
      hot = b.services.odoo-box-backup-hot;
    in
    equals
      {
        timers = [ "odoo-box-backup-hot" ];
        when = "hourly";
        keep = true;
        directory = true;
        mount = "/mnt/backup";
        writes = [ "/mnt/backup" ];
        made = "0700";
      }
      {
        timers = builtins.attrNames b.timers;
        when = b.timers.odoo-box-backup-hot.timerConfig.OnCalendar;
        keep = builtins.elem "HOT_KEEP=48" hot.serviceConfig.Environment;
        directory = builtins.elem "BACKUP_DIRECTORY=/mnt/backup" hot.serviceConfig.Environment;
        mount = hot.unitConfig.RequiresMountsFor;
        writes = hot.serviceConfig.ReadWritePaths;
        made = b.tmpfiles.settings."10-odoo-box"."/mnt/backup".d.mode;
      };
  "Without backups there are no units for them" =
    let
      b =
        (evaluate {
          imports = [ example ];
          services.odoo-box.backup.enable = false;
        }).config.systemd;
    in
    equals
      {
        t = { };
        s = [ ];
      }
      {
        t = b.timers;
        s = builtins.filter (contains "backup") (builtins.attrNames b.services);
      };
  "The scripts of backups and roles.sql lie where the units look for them" =
    let
      etc = name: c.environment.etc."odoo-box/${name}".source;
    in
    equals
      {
        b = ../../../nixos/policy/backup/backup;
        c = ../../../nixos/policy/backup/common;
        r = ../../../nixos/policy/backup/restore;
        s = ../../../nixos/policy/roles.sql;
      }
      {
        b = etc "backup/backup";
        c = etc "backup/common";
        r = etc "backup/restore";
        s = etc "roles.sql";
      };
}
