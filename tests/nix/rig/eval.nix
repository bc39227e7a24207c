# The module in nixpkgs' real module system, with the real option declarations and definitions of PostgreSQL, nginx and
# sshd: { rig } -> settings -> what evalModules gives. `rig` is a folder with two public repositories unpacked in it:
#
#   nixpkgs.lib  of nix-community: the real module system and types
#   nixbsd       of nixos-bsd: modules kept close to nixpkgs' (its init system is not systemd, so units are free-form here)
#
# It detects unknown options and wrong types and gives the resulting values. It shows nothing of packages, of systemd units as
# nixpkgs writes them, or of whether the system builds.
{ rig }:
settings:
let
  lib = import (rig + "/nixpkgs.lib/lib");
  bsd = rig + "/nixbsd/modules";
  inherit (lib) mkOption types;

  package = name: {
    type = "derivation";
    inherit name;
    pname = name;
    version = "17.0";
    psqlSchema = "17";
    outPath = "/nix/store/00000000000000000000000000000000-${name}";
    drvPath = "/nix/store/00000000000000000000000000000000-${name}.drv";
    outputs = [ "out" ];
    out = package name;
    modules = [ ];
    meta.mainProgram = name;
    ga = package "qemu-ga";
    sitePackages = "lib/python3.13/site-packages";
    withPackages = _: package name;
    withJIT = package name;
    withoutJIT = package name;
    override = _: package name;
  };
  # Writers keep their text, so that the tests can read it.
  written = name: text: package name // { inherit text; };
  format = {
    type = types.attrsOf types.anything;
    generate = name: value: written name (builtins.toJSON value);
  };
  names = [
    "bash"
    "bashInteractive"
    "coreutils"
    "curl"
    "gnugrep"
    "mailcap"
    "nftables"
    "nginxStable"
    "odoo18"
    "openssh"
    "openssl"
    "pgadmin4"
    "postgresql_14"
    "postgresql_15"
    "postgresql_16"
    "postgresql_17"
    "python3"
    "qemu_kvm"
    "shadow"
    "sudo"
    "systemd"
  ];
  pkgs = lib.genAttrs names package // {
    inherit lib;
    stdenv = {
      hostPlatform = lib.systems.elaborate "x86_64-linux";
      buildPlatform = lib.systems.elaborate "x86_64-linux";
    };
    runtimeShell = "/nix/store/00000000000000000000000000000000-bash/bin/bash";
    formats = lib.genAttrs [ "ini" "keyValue" ] (_: _: format);
    writeText = written;
    writeTextFile = arguments: written arguments.name arguments.text;
    writers.writeNginxConfig = written;
    runCommand = name: _: written name;
    callPackage = _: _: package "called" // { public = package "called-public"; };
  };

  any = mkOption {
    type = types.lazyAttrsOf types.anything;
    default = { };
  };
  # systemd's own rule: several lists are merged into one, several scalars must be equal.
  section = mkOption {
    type = types.attrsOf (
      types.mkOptionType {
        name = "systemd option";
        merge =
          path: definitions:
          if builtins.any (one: builtins.isList one.value) definitions then
            builtins.concatMap (one: lib.toList one.value) definitions
          else
            lib.mergeEqualOption path definitions;
      }
    );
    default = { };
  };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  lines = mkOption {
    type = types.lines;
    default = "";
  };
  units = mkOption {
    type = types.attrsOf (
      types.submodule {
        options = {
          description = mkOption {
            type = types.str;
            default = "";
          };
          enable = mkOption {
            type = types.bool;
            default = true;
          };
          enableStrictShellChecks = mkOption {
            type = types.bool;
            default = false;
          };
          after = strings;
          before = strings;
          bindsTo = strings;
          conflicts = strings;
          listenStreams = strings;
          onFailure = strings;
          onSuccess = strings;
          requiredBy = strings;
          requires = strings;
          wantedBy = strings;
          wants = strings;
          script = lines;
          preStart = lines;
          environment = any;
          path = mkOption {
            type = types.listOf types.raw;
            default = [ ];
          };
          reloadTriggers = mkOption {
            type = types.listOf types.raw;
            default = [ ];
          };
          restartTriggers = mkOption {
            type = types.listOf types.raw;
            default = [ ];
          };
          serviceConfig = section;
          socketConfig = section;
          timerConfig = section;
          unitConfig = section;
        };
      }
    );
    default = { };
  };
  accounts = mkOption {
    type = types.attrsOf (
      types.submodule (
        { name, ... }:
        {
          freeformType = types.lazyAttrsOf types.anything;
          options.name = mkOption {
            type = types.str;
            default = name;
          };
        }
      )
    );
    default = { };
  };
  stubs.options = {
    assertions = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
    };
    warnings = strings;
    meta = any;
    ids = any;
    init = any;
    freebsd = any;
    boot = any;
    fileSystems = any;
    swapDevices = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    documentation = any;
    nix = any;
    system = any;
    programs = any;
    networking = mkOption {
      type = types.submodule {
        freeformType = types.lazyAttrsOf types.anything;
        options.enableIPv6 = mkOption {
          type = types.bool;
          default = true;
        };
        options.firewall.allowedTCPPorts = mkOption {
          type = types.listOf types.port;
          default = [ ];
        };
        options.nftables = {
          enable = mkOption {
            type = types.bool;
            default = false;
          };
          flushRuleset = mkOption {
            type = types.bool;
            default = false;
          };
          extraDeletions = lines;
          ruleset = lines;
        };
      };
      default = { };
    };
    environment = mkOption {
      type = types.submodule {
        freeformType = types.lazyAttrsOf types.anything;
        options.etc = mkOption {
          type = types.attrsOf (
            types.submodule {
              freeformType = types.lazyAttrsOf types.anything;
              options.source = mkOption {
                type = types.raw;
                default = "/from-text";
              };
            }
          );
          default = { };
        };
      };
      default = { };
    };
    security = {
      acme = any;
      pam = any;
      sudo = any;
      sudo-rs.enable = mkOption {
        type = types.bool;
        default = false;
      };
    };
    users = {
      users = accounts;
      groups = accounts;
      mutableUsers = mkOption {
        type = types.bool;
        default = true;
      };
      allowNoPasswordLogin = mkOption {
        type = types.bool;
        default = false;
      };
    };
    systemd = {
      services = units;
      sockets = units;
      timers = units;
      generators = any;
      network = any;
      tmpfiles = any;
    };
    services = {
      journald = any;
      logrotate = any;
      odoo = any;
      # nixpkgs has this option, nixbsd does not.
      openssh.authorizedKeysInHomedir = mkOption {
        type = types.bool;
        default = true;
      };
      pgadmin = any;
      qemuGuest = mkOption {
        type = types.submodule { freeformType = types.lazyAttrsOf types.anything; };
        default = { };
      };
      resolved = any;
      timesyncd = any;
    };
  };
in
lib.evalModules {
  class = "nixos";
  specialArgs = {
    inherit pkgs;
    utils = { };
    modulesPath = toString ../stub/nixos/modules;
  };
  modules = [
    stubs
    (bsd + "/services/databases/postgresql.nix")
    (bsd + "/services/web-servers/nginx/default.nix")
    (bsd + "/services/networking/ssh/sshd.nix")
    ../../../nixos
    {
      services.qemuGuest.package = pkgs.qemu_kvm.ga;
      services.odoo.autoInit = false;
      # With this option the text is in environment.etc, where nixpkgs always puts it.
      services.nginx.enableReload = true;
      ids.uids = lib.genAttrs [ "postgres" "nginx" ] (_: 71);
      ids.gids = lib.genAttrs [ "postgres" "nginx" ] (_: 71);
      programs.ssh = {
        package = pkgs.openssh;
        setXAuthLocation = false;
      };
      security.acme.certs = { };
      system.stateVersion = "26.05";
      networking.hostName = "box";
    }
    settings
  ];
}
