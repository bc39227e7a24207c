{
  description = "A stand-in for nixpkgs, for tests only: it knows the names that this project uses, and no others";
  outputs =
    { self }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      lib = import ./lib;
      packagesFor = import ./packages.nix { inherit lib; };
      legacyPackages = lib.genAttrs systems packagesFor;
    in
    {
      inherit legacyPackages;
      lib = lib // {
        nixosSystem = import ./nixos-system.nix { inherit lib legacyPackages; };
      };
    };
}
