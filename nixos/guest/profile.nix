# The machine that boxtest boots: the Odoo Box with the Debian reference guest's names.
{ config, lib, ... }:
let
  inherit (config.services.odoo-box) domain;
in
{
  imports = [ ./machine.nix ];

  # By the documented statement: the additional rights that it gives are a known gap that a scenario shows.
  services.odoo-box.handymen.jane = {
    authorizedKeysFile = "${config.system.build.guestKeys.public}/jane.pub";
    membership = "documented";
  };
  networking.hostName = lib.head (lib.splitString "." domain);
  system.stateVersion = "26.05";
}
