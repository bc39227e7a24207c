# Backups: what the policy's units run, and with what. (The units are in units.nix, their folder in system.nix.)
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
    }) cfg.policy.backup.services;
  };
}
