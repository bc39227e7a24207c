# Somebody's own box as a machine that boxtest boots: a module for that configuration's extendModules. Its keys and secrets are
# replaced by those of the test (./machine.nix), its hardware and boot loader are taken out.
#
# One handyman, of the name of its first, is a member by the documented statement: the known gaps of docs/claims.md are about that.
original:
{
  config,
  lib,
  options,
  ...
}:
let
  name = lib.head (lib.attrNames original.services.odoo-box.handymen ++ [ "jane" ]);
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
    # Who has the key to these secrets is the real machine alone. Only where such a module is imported.
    (lib.optionalAttrs (options ? age) { age.secrets = lib.mkForce { }; })
    (lib.optionalAttrs (options ? sops) { sops.secrets = lib.mkForce { }; })
  ];
}
