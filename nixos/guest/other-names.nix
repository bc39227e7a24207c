# The machine that boxtest boots (./profile.nix) with other names: those of ./other-names.json, but for the cluster's
# superuser, which nixpkgs fixes. (The Debian reference guest takes that one, too.)
{ config, lib, ... }:
let
  given = builtins.fromJSON (builtins.readFile ./other-names.json);
in
{
  services.odoo-box = {
    inherit (given) domain;
    names = removeAttrs given [
      "domain"
      "superuser"
      "handyman"
    ];
    handymen = lib.mkForce {
      ${given.handyman} = {
        authorizedKeysFile = "${config.system.build.guestKeys.public}/${given.handyman}.pub";
        membership = "documented";
      };
    };
  };
}
