# The module in the stand-in for nixpkgs, without a flake: { settings } -> the system. `settings` is a module besides.
{
  system ? "x86_64-linux",
}:
settings:
let
  stub = ./stub;
  lib = import (stub + "/lib");
  legacyPackages.${system} = import (stub + "/packages.nix") { inherit lib; } system;
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
