# The module in the stand-in for nixpkgs, without a flake: { settings } -> the system. `settings` is a module besides.
{
  system ? "x86_64-linux",
  # null: the packages of the stand-in.
  packages ? null,
}:
settings:
let
  stub = ./stub;
  lib = import (stub + "/lib");
  legacyPackages.${system} =
    if packages == null then import (stub + "/packages.nix") { inherit lib; } system else packages;
in
import (stub + "/nixos-system.nix") { inherit lib legacyPackages; } {
  modules = [
    ../../nixos
    {
      nixpkgs.hostPlatform = system;
      boot.loader.grub.enable = false;
    }
    settings
  ];
}
