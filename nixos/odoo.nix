# Odoo: nixpkgs' module with the policy's values and sandbox, and a unit that creates its database.
#
# Not used from nixpkgs' module:
# - autoInit: it supports one fixed name of a role and database, runs within systemd's 90 s for a start, and relies on a
#   marker file, so that an interrupted run is repeated on a half-made database;
# - DynamicUser: the account is static anyway (the module creates it), and the state would move to another place;
# - domain: its server sets headers that a second application beside it would lose, and passes no Host with a port.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.odoo-box;
  inherit (cfg) policy scripts values;

  policyFile = pkgs.writeText "odoo-policy.json" (builtins.toJSON policy.odoo);
  # The policy's own script, with the path of the policy's file on NixOS.
  setupText = builtins.readFile ./policy/odoo-setup.py;
  setupOnNixos = builtins.replaceStrings [ "/run/odoo-policy.json" ] [ "${policyFile}" ] setupText;
  setup = pkgs.writeText "odoo-setup.py" (
    if setupOnNixos == setupText then
      throw "odoo-setup.py no longer names /run/odoo-policy.json"
    else
      setupOnNixos
  );
in
{
  config = lib.mkIf cfg.enable {
    services.odoo = {
      enable = true;
      inherit (cfg.odoo) package addons;
      # Users of the module can add settings here that the policy does not define, such as the mail server.
      settings.options = lib.mapAttrs (_: lib.mkForce) values.odoo.settings;
    };
    # The policy's unit reads this file, and adds the master password from a credential.
    environment.etc."odoo-box/odoo.conf".source =
      (pkgs.formats.ini { }).generate "odoo.conf"
        config.services.odoo.settings;
    systemd.services.odoo.restartTriggers = [ config.environment.etc."odoo-box/odoo.conf".source ];

    # Runs at the first boot, in the machine: 45 s on a real CPU, many minutes on an emulated one. (The Debian guest's databases
    # are created when it is built, on the builder's CPU.)
    systemd.services.odoo-box-odoo = {
      description = "Odoo Box: Odoo's database";
      requires = [ policy.paths.postgresqlUnit ];
      after = [ policy.paths.postgresqlUnit ];
      requiredBy = [ "odoo.service" ];
      before = [ "odoo.service" ];
      path = [ config.services.postgresql.finalPackage ];
      serviceConfig = values.setups.odoo // {
        LoadCredential = [ "web-password:${toString cfg.odoo.adminPasswordFile}" ];
      };
      enableStrictShellChecks = true;
      script = scripts.odoo { inherit setup; };
    };
  };
}
