{
  description = "The Odoo Box, and boxtest, which proves that it keeps its promises";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05-small";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      forAllSystems = f: lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
      systemOf = pkgs: pkgs.stdenv.hostPlatform.system;
      commit = self.rev or self.dirtyRev or "";

      nixosSystem =
        { system, module }:
        lib.nixosSystem {
          modules = [
            module
            { nixpkgs.hostPlatform = system; }
          ];
        };
      odooBox =
        system: more:
        nixosSystem {
          inherit system;
          module = {
            imports = [
              self.nixosModules.default
              ./nixos/guest/profile.nix
            ]
            ++ more;
          };
        };
    in
    {
      # A set that imports the path, so that it is imported once and errors name its files; Nix 2.8 requires a set.
      nixosModules.default = {
        imports = [ ./nixos ];
      };

      # The machine that boxtest boots. (packages.<system>.guest has it for both architectures.)
      nixosConfigurations.odoo-box = odooBox "x86_64-linux" [ ];
      # The machine that boxtest boots, with other names of roles, users and databases.
      nixosConfigurations.odoo-box-other-names = odooBox "x86_64-linux" [ ./nixos/guest/other-names.nix ];

      packages = forAllSystems (
        pkgs:
        let
          system = systemOf pkgs;
        in
        {
          default = self.packages.${system}.boxtest;
          boxtest = pkgs.callPackage ./nixos/flake/boxtest.nix { };
          # boxtest without scenarios, and therefore without a browser: it builds the template, and runs machines to work with.
          boxtest-harness = pkgs.callPackage ./nixos/flake/boxtest.nix { withScenarios = false; };
          guest = pkgs.callPackage ./nixos/guest {
            inherit (odooBox system [ ]) config;
            modulesPath = "${nixpkgs}/nixos/modules";
          };
          guest-other-names = pkgs.callPackage ./nixos/guest {
            inherit (odooBox system [ ./nixos/guest/other-names.nix ]) config;
            modulesPath = "${nixpkgs}/nixos/modules";
          };
        }
        # On ARM, KVM supports only the builder's own CPU model.
        // lib.optionalAttrs pkgs.stdenv.hostPlatform.isx86_64 {
          template = pkgs.callPackage ./nixos/flake/template.nix {
            boxtest = self.packages.${system}.boxtest-harness;
            inherit (self.packages.${system}) guest;
          };
        }
      );

      checks = forAllSystems (
        pkgs:
        let
          system = systemOf pkgs;
        in
        import ./nixos/flake/checks.nix {
          inherit lib pkgs self;
          inherit (self.packages.${system}) boxtest guest;
          template = self.packages.${system}.template or null;
          nixosSystem = { module }: nixosSystem { inherit system module; };
        }
      );

      # The checks for a user's own box.
      lib.checksFor = import ./nixos/flake/checks-for.nix {
        inherit (self) packages;
        inherit commit;
      };

      # `nix run . -- up`: boxtest on the flake's own guest. `nix run .#machine -- up`: without scenarios and their browser.
      apps = forAllSystems (
        pkgs:
        let
          inherit (self.packages.${systemOf pkgs}) boxtest boxtest-harness guest;
          app =
            boxtest: description:
            import ./nixos/flake/app.nix {
              inherit
                pkgs
                boxtest
                guest
                description
                commit
                ;
            };
        in
        {
          default = app boxtest "boxtest on the guest of this flake";
          machine = app boxtest-harness "boxtest on the guest of this flake, for machines to work with: without scenarios";
        }
      );

      devShells = forAllSystems (pkgs: {
        default = import ./nixos/flake/shell.nix {
          inherit pkgs;
          inherit (self.packages.${systemOf pkgs}) boxtest;
        };
      });

      # nixos/policy is aligned manually, as tables.
      formatter = forAllSystems (
        pkgs:
        pkgs.nixfmt-tree.override {
          settings.formatter.nixfmt.excludes = [ "nixos/policy/*" ];
        }
      );
    };
}
