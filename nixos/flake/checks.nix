# The flake's checks for one system.
{
  lib,
  pkgs,
  self,
  boxtest,
  guest,
  # null if this architecture has no template.
  template,
  # { module } -> a NixOS system of this architecture.
  nixosSystem,
}:
let
  runScenarios = pkgs.callPackage ./run-scenarios.nix { inherit boxtest guest template; };
  source = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../nixos/policy
      ../../tests/policy
    ];
  };

  # The README's example, with only the settings that a user must provide.
  example = nixosSystem {
    module = {
      imports = [ self.nixosModules.default ];
      services.odoo-box = {
        enable = true;
        domain = "erp.example.org";
        admin.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example kim@laptop" ];
        handymen.lee.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example lee@laptop" ];
        tls.acme = true;
        odoo.masterPasswordFile = "/run/secrets/odoo-master-password";
        odoo.adminPasswordFile = "/run/secrets/odoo-admin-password";
        pgadmin.passwordFile = "/run/secrets/pgadmin-password";
      };
      security.acme.acceptTerms = true;
      security.acme.defaults.email = "admin@example.org";
      boot.loader.grub.enable = false;
      fileSystems."/" = {
        device = "/dev/disk/by-label/nixos";
        fsType = "ext4";
      };
      system.stateVersion = "26.05";
    };
  };
in
{
  # Compiles boxtest and runs its own tests.
  boxtest = boxtest;

  policy =
    pkgs.runCommand "odoo-box-policy-tests"
      {
        nativeBuildInputs = [
          pkgs.jq
          pkgs.nix
          pkgs.postgresql_17
          # flock
          pkgs.util-linux
        ];
      }
      ''
        cp -r ${source} source && chmod -R u+w source && cd source
        patchShebangs tests/policy
        export HOME=$TMPDIR NIX_STATE_DIR=$TMPDIR/nix
        # Not through a pipe, whose end would be the check's.
        status=0
        tests/policy/run > $out || status=$?
        cat $out
        exit $status
      '';

  # lib.checksFor evaluates a test guest of the example; nothing of it is built.
  own-box = pkgs.writeText "odoo-box-own-box" (
    builtins.unsafeDiscardStringContext
      (self.lib.checksFor { nixosConfiguration = example; }).guest.drvPath
  );

  # The example evaluates with all of nixpkgs' modules, including assertions; nothing of it is built.
  module = pkgs.writeText "odoo-box-example" (
    builtins.unsafeDiscardStringContext example.config.system.build.toplevel.drvPath
  );
}
// (
  if template == null then
    { scenarios = runScenarios { name = "all"; }; }
  else
    pkgs.callPackage ./groups.nix {
      inherit boxtest runScenarios;
      groups = import ./claims.nix;
      sabotages = import ./sabotages.nix { inherit lib; };
    }
)
