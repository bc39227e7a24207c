# What agenix and sops-nix do to a configuration, as far as a test guest is concerned: secrets, to which others refer by path, and scripts
# of the activation or units that decrypt them. The names were read in agenix's modules/age.nix and sops-nix' modules/sops on
# 2026-11-27.
{
  # With systemd-sysusers or userborn, agenix and sops-nix decrypt in units.
  byUnits ? false,
}:
{ config, lib, ... }:
let
  inherit (lib) mkIf mkOption types;
  secrets = mkOption {
    type = types.attrsOf (types.submodule { options.path = mkOption { type = types.str; }; });
    default = { };
  };
  script = deps: {
    inherit deps;
    text = "decrypt /run/secrets";
  };
  unit = {
    wantedBy = [ "sysinit.target" ];
    requires = [ "hardware-key.service" ];
    serviceConfig = {
      Type = "oneshot";
      ExecStart = [ "/decrypt /run/secrets" ];
      ExecStartPost = "/decrypt more";
    };
  };
in
{
  options.age.secrets = secrets;
  options.sops.secrets = secrets;

  config = lib.mkMerge [
    {
      sops.secrets.master.path = "/run/secrets/odoo-master-password";
      age.secrets.admin.path = "/run/secrets/odoo-admin-password";
      services.odoo-box.odoo = {
        masterPasswordFile = config.sops.secrets.master.path;
        adminPasswordFile = config.age.secrets.admin.path;
      };
    }
    (mkIf (config.age.secrets != { }) {
      system.activationScripts = mkIf (!byUnits) {
        agenixNewGeneration = script [ "specialfs" ];
        agenixInstall = script [ "agenixNewGeneration" ];
        users.deps = [ "agenixInstall" ];
        agenixChown = script [ "users" ];
        agenix = {
          text = "";
          deps = [ "agenixChown" ];
        };
      };
      systemd.services.agenix-install-secrets = mkIf byUnits unit;
    })
    (mkIf (config.sops.secrets != { }) {
      system.activationScripts = mkIf (!byUnits) {
        generate-age-key = script [ ];
        setupSecrets = script [ "users" ];
        setupSecretsForUsers = script [ "specialfs" ];
        users.deps = [ "setupSecretsForUsers" ];
      };
      systemd.services = mkIf byUnits {
        sops-install-secrets = unit;
        sops-install-secrets-for-users = unit;
      };
    })
    { system.activationScripts.users.text = "users"; }
  ];
}
