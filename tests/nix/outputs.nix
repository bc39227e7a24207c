# What the tests take out of the guest's evaluation: the set-up units' shell text, guest.json as far as evaluation has it.
let
  guest = import ./evaluate.nix { } { imports = [ ../../nixos/guest/profile.nix ]; };
  otherNames = import ./evaluate.nix { } {
    imports = [
      ../../nixos/guest/profile.nix
      ../../nixos/guest/other-names.nix
    ];
  };
  stub = import ./stub/lib;
  pkgs = import ./stub/packages.nix { lib = stub; } "x86_64-linux";
  services = guest.config.systemd.services;
  runScenarios =
    template:
    import ../../nixos/flake/run-scenarios.nix {
      lib = stub;
      inherit (pkgs) runCommand;
      boxtest = "/boxtest";
      guest = "/guest";
      inherit template;
    };
  scenarios = runScenarios "/frozen" {
    name = "some";
    filter = "PeerAuth.*:-*Slow*";
    limit = 20;
  };
  template = pkgs.callPackage ../../nixos/flake/template.nix {
    boxtest = "/boxtest";
    guest = "/guest";
  };
  groups = pkgs.callPackage ../../nixos/flake/groups.nix {
    boxtest = "/boxtest";
    runScenarios = runScenarios "/frozen";
    groups = [
      "one"
      "two"
    ];
    sabotages = [ "one" ];
  };
  # The files of a package's source, and its CMake flags.
  source =
    arguments:
    let
      package = import ../../nixos/flake/boxtest.nix (
        builtins.intersectAttrs (builtins.functionArgs (import ../../nixos/flake/boxtest.nix)) pkgs
        // {
          lib = stub // {
            fileset = stub.fileset // {
              toSource = { root, fileset }: map toString fileset;
            };
          };
          stdenv = pkgs.stdenv // {
            mkDerivation =
              f:
              let
                final = f { finalPackage = { inherit (final) doCheck; }; };
              in
              final;
          };
        }
        // arguments
      );
    in
    {
      files = package.src;
      inherit (package) cmakeFlags;
    };
in
{
  sources = {
    boxtest = source { };
    boxtest-harness = source { withScenarios = false; };
  };
  # Scripts in the form of enableStrictShellChecks: bash with errexit, nounset, pipefail.
  scripts = builtins.listToAttrs (
    map (name: {
      inherit name;
      value = services.${name}.script;
    }) (builtins.filter (name: services.${name}.script != "") (builtins.attrNames services))
  );
  # Commands in a shell's -c. systemd turns %% into %.
  commands = {
    odoo-start-pre = services.odoo.serviceConfig.ExecStartPre;
  };
  derivations = {
    guest =
      (import ../../nixos/guest {
        lib = stub;
        inherit pkgs;
        inherit (guest) config;
        modulesPath = ./stub/nixos/modules;
      }).text;
    image =
      (import ../../nixos/guest {
        lib = stub;
        inherit pkgs;
        inherit (guest) config;
        modulesPath = ./stub/nixos/modules;
      }).image.text;
    checksums =
      (import ../../nixos/guest {
        lib = stub;
        inherit pkgs;
        inherit (guest) config;
        modulesPath = ./stub/nixos/modules;
      }).checksums.text;
    closure =
      (import ../../nixos/guest {
        lib = stub;
        inherit pkgs;
        inherit (guest) config;
        modulesPath = ./stub/nixos/modules;
      }).closure.text;
    keys = guest.config.system.build.guestKeys.text;
    probe = guest.config.system.build.guestProbe.text;
    report = scenarios.report.text;
    check = scenarios.text;
    # report-all: a report without a template, which boots the guest.
    report-sabotage = groups.sabotage-one.report.text;
    report-all = (runScenarios null { name = "all"; }).report.text;
    template = template.text;
    scenario-groups = groups.scenario-groups.text;
  };
  # The system features that a builder must have.
  features = {
    template = template.requiredSystemFeatures;
    report = scenarios.report.requiredSystemFeatures;
  };
  groups = {
    checks = builtins.attrNames groups;
    filter = groups.scenarios-two.report.text;
    claims = import ../../nixos/flake/claims.nix;
    sabotages = import ../../nixos/flake/sabotages.nix { lib = stub; };
  };
  manifest = import ../../nixos/guest/manifest.nix {
    inherit (guest) config;
    inherit pkgs;
  };
  manifestOfOtherNames = import ../../nixos/guest/manifest.nix {
    inherit (otherNames) config;
    inherit pkgs;
  };
  setup = {
    inherit (guest.config.services.odoo-box.policy) names;
    roles = builtins.toString ../../nixos/policy/roles.sql;
  };
}
