# What of the flake wants a machine: boxtest, compiled and tested, a template of a guest that this host has, and checks on forks of it.
{
  lib,
  packages,
  # The Debian guest's folder.
  guest,
}:
let
  boxtest = packages.callPackage ../../nixos/flake/boxtest.nix { };
  boxtest-harness = packages.callPackage ../../nixos/flake/boxtest.nix { withScenarios = false; };
  template = packages.callPackage ../../nixos/flake/template.nix {
    inherit guest;
    boxtest = boxtest-harness;
    accel = "tcg";
  };
  checksOf =
    boxtest:
    import ../../nixos/flake/checks.nix {
      inherit
        lib
        boxtest
        guest
        template
        ;
      pkgs = packages;
      self = { };
      nixosSystem = _: { };
    };
  checks = checksOf boxtest;
  # A boxtest with a scenario that must fail: it expects the server to listen on an address.
  mistaken = packages.callPackage ../../nixos/flake/boxtest.nix {
    lib = lib // {
      fileset = lib.fileset // {
        toSource =
          arguments:
          packages.runCommand "source" { } ''
            cp -r ${lib.fileset.toSource arguments} $out
            chmod -R u+w $out
            sed -i '/SHOW listen_addresses/s/, "")/, "*")/' $out/scenarios/TcpRefused.cpp
            grep -q 'SHOW listen_addresses"), "[*]")' $out/scenarios/TcpRefused.cpp
          '';
      };
    };
  };
in
{
  inherit boxtest-harness template;
  inherit (checks)
    boxtest
    scenario-groups
    scenarios-tcp-refused
    sabotage-admin-tunnel
    scenarios-odoo-web
    ;
  failing = (checksOf mistaken).scenarios-tcp-refused;
}
