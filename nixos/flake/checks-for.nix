# lib.checksFor { nixosConfiguration = ...; }: checks that a user's own box keeps its promises. The test guest is built from that
# configuration (../guest/tested.nix lists what it replaces).
#
#   guest      the folder that boxtest boots: kernel, initrd, disk, keys, guest.json
#   template   the guest, booted and frozen; null where there is no template (aarch64)
#   checks     scenarios-CLAIM for each claim, or one check `scenarios` where there is no template
#   app        boxtest on the guest
{
  # system -> the flake's packages.
  packages,
  # Commit of these sources.
  commit ? "",
}:
{
  # The result of nixpkgs.lib.nixosSystem with nixosModules.default and services.odoo-box.enable.
  nixosConfiguration,
  # Further modules for the test guest only, where a part of the configuration cannot work in it.
  modules ? [ ],
}:
let
  tested = nixosConfiguration.extendModules {
    modules = [ (import ../guest/tested.nix nixosConfiguration.config) ] ++ modules;
  };
  inherit (tested) pkgs;
  inherit (pkgs) lib;
  own = packages.${pkgs.stdenv.hostPlatform.system};
  guest = pkgs.callPackage ../guest {
    inherit (tested) config;
    modulesPath = pkgs.path + "/nixos/modules";
  };
  template =
    if pkgs.stdenv.hostPlatform.isx86_64 then
      pkgs.callPackage ./template.nix {
        inherit guest;
        boxtest = own.boxtest-harness;
      }
    else
      null;
  runScenarios = pkgs.callPackage ./run-scenarios.nix {
    inherit guest template;
    inherit (own) boxtest;
  };
  claims = import ./claims.nix;
in
{
  inherit guest template;
  checks = lib.listToAttrs (
    if template == null then
      [
        (lib.nameValuePair "scenarios" (runScenarios {
          name = "all";
        }))
      ]
    else
      map (
        claim:
        lib.nameValuePair "scenarios-${claim}" (runScenarios {
          name = claim;
          filter = claim;
        })
      ) claims
  );
  app = import ./app.nix {
    inherit pkgs guest commit;
    inherit (own) boxtest;
    description = "boxtest on a test guest of this configuration";
  };
}
