# The flake's own derivations, to be built: nixpkgs' place is taken by the stand-in, with a builder that does what stdenv does of it, and
# with Debian's programs below /nix/store, which ./built puts there. A derivation that does not belong to this project builds a
# file that contains its name.
{
  # Names of folders in /nix/store, without the hash; each has bin/.
  always,
}:
let
  stub = import ./stub/lib;
  # Sources as in nixpkgs: a folder in the store that has only these paths.
  lib = stub // {
    fileset = stub.fileset // {
      toSource =
        { root, fileset }:
        let
          below = folder: path: stub.hasPrefix "${folder}/" path;
        in
        builtins.path {
          name = "source";
          path = root;
          filter =
            path: _: builtins.any (wanted: path == wanted || below wanted path || below path wanted) (map toString fileset);
        };
    };
  };
  store = name: "/nix/store/00000000000000000000000000000000-${name}";
  program = name: { outPath = store name; };
  packages = import ./stub/packages.nix {
    inherit lib;
    builder = {
      builder = "${store "bash"}/bin/bash";
      args = [
        "-e"
        ./lib/as-stdenv
      ];
      alwaysPath = builtins.concatStringsSep ":" (
        map (name: "${store name}/bin") (builtins.filter builtins.isString (builtins.split " " always))
      );
    };
    more =
      all:
      let
        file =
          name: where: content:
          all.runCommand name {
            inherit content where;
            passAsFile = [ "content" ];
          } ''
            mkdir -p "$out/$(dirname "$where")"
            cp "$contentPath" "$out/$where"
            chmod +x "$out/$where"
          '';
      in
      {
        writeText =
          name: text:
          all.runCommand name {
            content = text;
            passAsFile = [ "content" ];
          } "cp $contentPath $out"
          // {
            inherit text;
          };
        writeShellApplication =
          { name, text }:
          file name "bin/${name}" "#!${store "bash"}/bin/bash\n${text}"
          // {
            meta.mainProgram = name;
          };
        closureInfo =
          { rootPaths }:
          all.runCommand "closure-info"
            {
              __structuredAttrs = true;
              exportReferencesGraph.closure = rootPaths;
              nativeBuildInputs = [ all.jq ];
            }
            ''
              mkdir $out
              jq -r '.closure[].path' "$attrs" > $out/store-paths
            '';
        # No compiler is in the sandbox.
        runCommandCC =
          name: _: _:
          file name "bin/${name}" "a stand-in";
        linux = all.runCommand "linux" { } "mkdir $out; echo kernel >$out/bzImage; echo initrd >$out/initrd" // {
          version = "6.18";
        };
        # Packages that compile and run boxtest.
        boost = program "boost";
        cli11 = program "cli11";
        cmake = program "cmake";
        curl = program "curl-dev";
        fmt = program "fmt";
        gtest = program "gtest";
        libarchive = program "libarchive";
        libpq = program "libpq";
        libpqxx.overrideAttrs = _: program "libpqxx";
        libssh = program "libssh";
        ninja = program "ninja-build";
        nlohmann_json = program "nlohmann_json";
        pkg-config = program "pkg-config";
        python3 = program "python3" // {
          sitePackages = "lib/python3.13/site-packages";
          withPackages =
            select:
            all.runCommand "python3-env" {
              paths = select (all.python3Packages // { toPythonModule = package: package; });
            } "mkdir $out";
        };
        re2 = program "re2";
        tomlplusplus = program "tomlplusplus";
        zlib = program "zlib";
        qemu_test = program "qemu";
        chromium = program "chromium";
        chromedriver = program "chromium-driver";
        dejavu_fonts = program "fonts";
        makeFontsConf =
          { fontDirectories }:
          all.writeText "fonts.conf" "<fontconfig>${
            lib.concatMapStrings (folder: "<dir>${folder}</dir>") fontDirectories
          }<cachedir>/tmp/fonts</cachedir></fontconfig>";

        jq = program "jq";
        openssh = program "openssh" // {
          version = "10";
        };
        openssl = program "openssl";
        qemu-utils = program "qemu-utils";
        e2fsprogs = program "e2fsprogs";
        check-jsonschema = file "check-jsonschema" "bin/check-jsonschema" "#!${store "bash"}/bin/bash\nexit 0\n";
        nix = program "nix-bin";
        util-linux = program "util-linux";
        postgresql_17 = program "postgresql-server" // {
          version = "17.10";
          psqlSchema = "17";
        };
      };
  } "x86_64-linux";
  evaluate = import ./evaluate.nix { inherit packages; };
  profile = evaluate { imports = [ ../../nixos/guest/profile.nix ]; };
  guestOf =
    config:
    packages.callPackage ../../nixos/guest {
      inherit config;
      modulesPath = ./stub/nixos/modules;
    };
  # A fake boxtest that exits with the given status, for the builders of reports.
  boxtest =
    status:
    packages.writeShellApplication {
      name = "boxtest";
      text = ''
        while [ $# -gt 0 ]; do case $1 in --junit) echo '<testsuites/>' >"$2" ;; esac; shift; done
        mkdir -p "$XDG_CACHE_HOME/boxtest/runs/1"
        echo console >"$XDG_CACHE_HOME/boxtest/runs/1/console.log"
        if [ ${toString status} = 1 ]; then
          mkdir -p "$XDG_CACHE_HOME/boxtest/runs/1/kept/PeerAuth.Some"
          for file in kept.json state.zst disk.qcow2; do echo "$file" >"$XDG_CACHE_HOME/boxtest/runs/1/kept/PeerAuth.Some/$file"; done
        fi
        exit ${toString status}
      '';
    };
  scenarios =
    status:
    packages.callPackage ../../nixos/flake/run-scenarios.nix {
      boxtest = boxtest status;
      guest = guestOf profile.config;
      template = "/frozen";
    } { name = "ending-with-${toString status}"; };
  checks = import ../../nixos/flake/checks.nix {
    inherit lib;
    pkgs = packages;
    self = { };
    boxtest = null;
    guest = null;
    template = null;
    nixosSystem = _: { };
  };
in
{
  guest = guestOf profile.config;
  # A guest with the admin's private key, from the keys' private output.
  guest-with-secrets =
    guestOf
      (evaluate {
        imports = [
          ../../nixos/guest/profile.nix
          (
            { config, ... }:
            {
              environment.etc."kept".source = "${config.system.build.guestKeys}/keys/admin";
            }
          )
        ];
      }).config;
  inherit (import ./built-machines.nix { inherit lib packages; guest = store "guest"; })
    boxtest
    boxtest-harness
    template
    scenario-groups
    scenarios-tcp-refused
    scenarios-odoo-web
    sabotage-admin-tunnel
    failing
    ;
  inherit (checks) policy;
  green = scenarios 0;
  red = scenarios 1;
}
