# The packages of the stand-in: those that this project uses, each a derivation that builds nothing. `builder` and `more` make some
# of them real: ../built.nix.
{
  lib,
  builder ? {
    builder = "/bin/sh";
  },
  more ? _: { },
}:
system:
let
  fake =
    name: version: more:
    derivation {
      inherit name system;
      builder = "/bin/sh";
      args = [
        "-c"
        "echo $name >$out"
      ];
    }
    // {
      inherit version;
      pname = name;
    }
    // more;

  # As in stdenv, each variable of a derivation must be a text, a number, a list or a path.
  make =
    arguments:
    let
      variables = removeAttrs arguments [
        "meta"
        "passthru"
      ];
      meta = arguments.meta or { };
      knownMeta = [
        "description"
        "license"
        "mainProgram"
        "platforms"
        "timeout"
      ];
      strayMeta = builtins.attrNames (removeAttrs meta knownMeta);
    in
    if strayMeta != [ ] then
      throw "meta.${builtins.head strayMeta} is not known to the stand-in"
    else
      derivation (
        variables
        // {
          name = arguments.name or "${arguments.pname}-${arguments.version}";
          inherit system;
        }
        // builder
      )
      // {
        inherit meta;
      }
      // arguments.passthru or { };
  withText = name: text: make { inherit name text; } // { inherit text; };

  # name -> version
  plain = {
    boost = "1.89";
    ccache = "4";
    check-jsonschema = "0.30";
    cli11 = "2.6";
    cmake = "4.1";
    coreutils = "9.7";
    curl = "8";
    dejavu_fonts = "2.37";
    e2fsprogs = "1.47";
    fmt = "12.1";
    gdb = "16";
    gtest = "1.17";
    jq = "1.8";
    libarchive = "3.8";
    libpq = "17.10";
    libssh = "0.12.0";
    mailcap = "2.1";
    nftables = "1.1";
    makeBinaryWrapper = "0";
    chromedriver = "150";
    chromium = "150";
    ninja = "1.13";
    nix = "2.31";
    nixfmt = "1.2";
    nlohmann_json = "3.12";
    openssh = "10.3p1";
    openssl = "3.5";
    pkg-config = "0.29";
    qemu-utils = "11.0";
    re2 = "2025-11-05";
    shadow = "4.18";
    shellcheck = "0.11";
    sudo = "1.9";
    systemd = "260";
    tomlplusplus = "3.4";
    valgrind = "3.25";
    zlib = "1.3";
    zstd = "1.5";
  };

  packages = builtins.mapAttrs (name: version: fake name version { }) plain // {
    stdenv = {
      hostPlatform = {
        inherit system;
        isAarch64 = system == "aarch64-linux";
        isx86_64 = system == "x86_64-linux";
        parsed.cpu.name = builtins.head (builtins.split "-" system);
      };
      mkDerivation =
        arguments:
        let
          final = arguments { finalPackage = { inherit (final) doCheck; }; };
        in
        make final;
    };
    bashInteractive = fake "bash-interactive" "5.3" { shellPath = "/bin/bash"; };
    runtimeShell = "${fake "bash" "5.3" { }}/bin/bash";
    glibc = fake "glibc" "2.42" { static = fake "glibc-static" "2.42" { }; };
    linux = fake "linux" "6.18" { };
    gnutar = fake "gnutar" "1.35" { };
    util-linux = fake "util-linux" "2.42" { };
    qemu = fake "qemu" "11.0" { };
    qemu_test = fake "qemu-host-cpu-only-for-vm-tests" "11.0" { };
    qemu_kvm = fake "qemu-host-cpu-only" "11.0" { ga = fake "qemu-ga" "11.0" { }; };
    nginxStable = fake "nginx" "1.30" { };
    # A flag with a blank is split into two, unless the package has structured attributes, which only some of its versions have.
    # With structured attributes, environment variables must be in env. The project must work with both.
    libpqxx = fake "libpqxx" "7.10.7" {
      overrideAttrs =
        f:
        let
          changes = f { configureFlags = [ "--enable-shared" ]; };
          split = builtins.filter (flag: builtins.match ".* .*" flag != null) (
            changes.configureFlags or [ ]
          );
        in
        if split != [ ] then
          throw "the flag '${builtins.head split}' is split at its blank without __structuredAttrs"
        else if changes ? CXXFLAGS then
          throw "CXXFLAGS is no variable of the builder with __structuredAttrs: it belongs into env"
        else
          make ({ name = "libpqxx"; } // removeAttrs changes [ "env" ] // changes.env or { });
    };
    llvmPackages_19.clang-tools = fake "clang-tools" "21" { };
    odoo18 = fake "odoo" "18.0.20260420" { };
    pgadmin4 = fake "pgadmin4" "9.14" { };
    postgresql_17 = fake "postgresql" "17.10" { psqlSchema = "17"; };
    postgresql_16 = fake "postgresql" "16.14" { psqlSchema = "16"; };
    python3 = fake "python3" "3.13" {
      sitePackages = "lib/python3.13/site-packages";
      withPackages =
        select:
        make {
          name = "python3-env";
          paths = select (packages.python3Packages // { toPythonModule = package: package; });
        };
    };
    python3Packages.gunicorn = fake "gunicorn" "23.0" { };

    nixfmt-tree = fake "nixfmt-tree" "1.2" {
      override = { settings }: make { name = "nixfmt-tree"; text = builtins.toJSON settings; };
    };
    closureInfo = { rootPaths }: make { name = "closure-info"; inherit rootPaths; };
    makeFontsConf = { fontDirectories }: make { name = "fonts.conf"; inherit fontDirectories; };
    path = ./.;
    inherit lib;

    formats.ini =
      { }:
      {
        generate = name: value: packages.writeText name (builtins.toJSON value);
      };
    mkShell =
      { inputsFrom, packages }:
      make {
        name = "shell";
        inherit inputsFrom packages;
      };
    runCommand =
      name: arguments: text:
      make (arguments // { inherit name text; }) // { inherit text; };
    runCommandCC = packages.runCommand;
    writeText = withText;
    writeShellApplication = { name, text }: withText name text // { meta.mainProgram = name; };
    callPackage =
      file: given:
      let
        f = import file;
        wanted = builtins.functionArgs f;
        all = packages // {
          inherit lib;
          pkgs = packages;
        };
        found = builtins.intersectAttrs wanted all // given;
        missing = builtins.filter (name: !wanted.${name} && !(found ? ${name})) (builtins.attrNames wanted);
      in
      if missing != [ ] then
        throw "Function called without required argument \"${builtins.head missing}\" at ${toString file}"
      else
        f found;
  }
  // more packages;
in
packages
