# The machine that boxtest boots (./profile.nix) with the names of ./other-names.json, except for the cluster's superuser, which
# nixpkgs fixes. (The Debian reference guest uses the superuser's name as well.)
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
