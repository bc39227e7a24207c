# Turns a user's own box into a machine that boxtest boots: a module for that configuration's extendModules. Keys and secrets of
# the test replace its own (./machine.nix); its hardware and boot loader are removed.
#
# One handyman, with the name of the box's first one, is a member by the documented statement: the known gaps of docs/claims.md
# need it.
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
  # Where agenix and sops-nix decrypt: in activation scripts or, with systemd-sysusers or userborn, in units.
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
    # Only the real machine has the key to its secrets. Their declarations stay, because the configuration refers to them, and so
    # do the names of scripts and units, because others wait for them. Only existing scripts and units are replaced: none is
    # added.
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
