# Backups and handymen: the files and programs that the policy's units use. (The units are in units.nix, their folder in
# system.nix.)
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.odoo-box;
in
{
  config = lib.mkIf cfg.enable {
    # A restore applies roles.sql to the restored database.
    environment.etc = {
      "odoo-box/roles.sql".source = ./policy/roles.sql;
    }
    // {
      "odoo-box/handymen/list".text = cfg.policy.handymenUnit.list;
      "odoo-box/handymen/apply".source = ./policy/handymen/apply;
      "odoo-box/handymen/handyman.sql".source = ./policy/handymen/handyman.sql;
    }
    // lib.listToAttrs (
      map
        (name: lib.nameValuePair "odoo-box/backup/${name}" { source = ./policy/backup + "/${name}"; })
        [
          "common"
          "backup"
          "restore"
        ]
    );

    systemd.services = lib.mapAttrs (_: _: {
      path = [
        pkgs.gnutar
        pkgs.util-linux
      ];
    }) cfg.policy.backup.services
    // {
      odoo-box-handymen = {
        # After the set-up of Odoo and pgAdmin, which creates the tables that rights are granted on.
        after = [
          "odoo-box-odoo.service"
          "odoo-box-pgadmin.service"
        ];
        path = [
          pkgs.shadow
          pkgs.util-linux
        ];
        # A handyman who was removed from the configuration is removed when the new configuration becomes active.
        restartTriggers = [ config.environment.etc."odoo-box/handymen/list".source ];
      };
    };
  };
}
