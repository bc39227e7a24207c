# Somebody's own box as a machine that boxtest boots: a module for that configuration's extendModules. Its keys and secrets are
# replaced by those of the test (./machine.nix), its hardware and boot loader are taken out.
#
# One handyman, of the name of its first, is a member by the documented statement: the known gaps of docs/claims.md are about that.
original:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  name = lib.head (lib.attrNames original.services.odoo-box.handymen ++ [ "jane" ]);
  those =
    wanted: declared: value:
    lib.genAttrs (lib.filter wanted (lib.attrNames declared)) (_: value);
  # What agenix and sops-nix decrypt by: scripts of the activation or, with systemd-sysusers or userborn, units.
  scriptDecrypts =
    script:
    lib.hasPrefix "agenix" script
    || lib.elem script [
      "generate-age-key"
      "setup-secrets"
      "setupSecrets"
      "setupSecretsForUsers"
    ];
  unitDecrypts =
    unit:
    lib.elem unit [
      "agenix-install-secrets"
      "sops-install-secrets"
      "sops-install-secrets-for-users"
    ];
in
{
  imports = [ ./machine.nix ];

  config = lib.mkMerge [
    {
      services.odoo-box.handymen = lib.mkForce {
        ${name} = {
          authorizedKeysFile = "${config.system.build.guestKeys.public}/${name}.pub";
          membership = "documented";
        };
      };
    }
    # Only the real machine has the key to its secrets. Their declarations stay, because the configuration refers to them, and so do
    # the names of scripts and units, which others wait for. Only what the configuration has: nothing is added to another.
    {
      system.activationScripts = those scriptDecrypts original.system.activationScripts {
        text = lib.mkForce "";
      };
      systemd.services = those unitDecrypts original.systemd.services {
        requires = lib.mkForce [ ];
        serviceConfig = lib.mkForce {
          Type = "oneshot";
          RemainAfterExit = true;
          ExecStart = "${pkgs.coreutils}/bin/true";
        };
      };
    }
  ];
}
