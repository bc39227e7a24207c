# Backups and handymen: what the policy's units run, and with what. (The units are in units.nix, their folder in system.nix.)
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
    # A restore gives the database the privileges that it has from roles.sql.
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
        # Odoo's and pgAdmin's set-up comes first: it makes the tables that rights are given on.
        after = [
          "odoo-box-odoo.service"
          "odoo-box-pgadmin.service"
        ];
        path = [
          pkgs.shadow
          pkgs.util-linux
        ];
        # A handyman who was taken out is gone when the new configuration is there.
        restartTriggers = [ config.environment.etc."odoo-box/handymen/list".source ];
      };
    };
  };
}
