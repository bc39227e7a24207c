# lib.nixosSystem of the stand-in. What nixpkgs says of a wrong configuration, it says in the same words.
{ lib, legacyPackages }:
let
  nixosSystem = import ./nixos-system.nix { inherit lib legacyPackages; };
in
{ modules }:
let
  system = lib.evalModules {
    modules = modules ++ [ ./options ];
    specialArgs = {
      modulesPath = toString ./nixos/modules;
      pkgs = legacyPackages.${system.config.nixpkgs.hostPlatform};
    };
  };
  failed = builtins.filter (one: !one.assertion) system.config.assertions;
  shown = removeAttrs system.config [
    "assertions"
    "system"
  ];
  services = removeAttrs shown.services [ "odoo-box" ];
  # The whole configuration is evaluated, so that no mistake hides in an unused part.
  text = builtins.toJSON (shown // { inherit services; });
  toplevel =
    if system.unknown != [ ] then
      throw "The option `${builtins.head system.unknown}' does not exist."
    else if failed != [ ] then
      throw "\nFailed assertions:\n${
        builtins.concatStringsSep "\n" (map (one: "- ${one.message}") failed)
      }"
    else
      legacyPackages.${system.config.nixpkgs.hostPlatform}.runCommand "nixos-system"
        {
          systemText = text;
          passAsFile = [ "systemText" ];
        }
        ''
          mkdir $out
          cp $systemTextPath $out/text
          touch $out/init
        '';
in
system
// {
  pkgs = legacyPackages.${system.config.nixpkgs.hostPlatform};
  extendModules = more: nixosSystem { modules = modules ++ more.modules; };
  config = system.config // {
    system = system.config.system // {
      build = system.config.system.build // {
        inherit toplevel;
      };
    };
  };
}
