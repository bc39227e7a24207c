{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  switch =
    default:
    mkOption {
      type = types.bool;
      inherit default;
    };
  package =
    default:
    mkOption {
      type = types.package;
      inherit default;
    };
in
{
  options = {
    assertions = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    nixpkgs.hostPlatform = mkOption { type = types.str; };
    system = {
      stateVersion = mkOption { type = types.str; };
      nixos.version = mkOption {
        type = types.str;
        default = "26.05";
      };
      switch.enable = switch true;
      modulesTree = mkOption {
        type = types.listOf types.path;
        apply = _: pkgs.linux;
        default = [ ];
      };
      activationScripts = mkOption {
        type = types.attrsOf (
          types.either types.str (
            types.submodule {
              options = {
                text = mkOption { type = types.lines; };
                deps = mkOption {
                  type = types.listOf types.str;
                  default = [ ];
                };
              };
            }
          )
        );
        default = { };
      };
      build = mkOption {
        type = types.attrsOf types.raw;
        default = { };
      };
      boot.loader = {
        kernelFile = mkOption {
          type = types.str;
          default = "bzImage";
        };
        initrdFile = mkOption {
          type = types.str;
          default = "initrd";
        };
      };
    };
    boot = {
      loader.grub.enable = switch true;
      loader.systemd-boot.enable = switch false;
      initrd.luks.devices = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
      initrd.network.enable = switch false;
      initrd.network.ssh.enable = switch false;
      initrd.secrets = mkOption {
        type = types.attrsOf (types.nullOr types.path);
        default = { };
      };
      resumeDevice = mkOption {
        type = types.str;
        default = "";
      };
      kernel.sysctl = mkOption {
        type = types.attrsOf (types.nullOr (types.oneOf [ types.bool types.int types.str ]));
        default = { };
      };
      kernelParams = mkOption {
        type = types.listOf types.str;
        default = [ ];
      };
      consoleLogLevel = mkOption {
        type = types.int;
        default = 4;
      };
      kernelModules = mkOption {
        type = types.listOf types.str;
        default = [ "loop" ];
      };
      initrd.kernelModules = mkOption {
        type = types.listOf types.str;
        default = [ "dm_mod" ];
      };
      kernelPackages = mkOption {
        type = types.raw;
        default = {
          kernel = pkgs.linux;
        };
      };
    };
    fileSystems = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            device = mkOption { type = types.str; };
            fsType = mkOption { type = types.str; };
            autoResize = switch false;
          };
        }
      );
    };
    swapDevices = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    environment = {
      defaultPackages = mkOption {
        type = types.listOf types.package;
        default = [ pkgs.curl ];
      };
      systemPackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      etc = mkOption {
        type = types.attrsOf (
          types.submodule {
            options = {
              text = mkOption {
                type = types.nullOr types.lines;
                default = null;
              };
              source = mkOption {
                type = types.path;
                default = "/from-text";
              };
              mode = mkOption {
                type = types.str;
                default = "symlink";
              };
              user = mkOption {
                type = types.str;
                default = "+0";
              };
              group = mkOption {
                type = types.str;
                default = "+0";
              };
            };
          }
        );
        default = { };
      };
    };
    documentation.enable = switch true;
    nix.enable = switch true;
    networking = {
      hostName = mkOption {
        type = types.str;
        default = "nixos";
      };
      networkmanager.enable = switch false;
      nftables.enable = switch false;
      nftables.extraDeletions = mkOption {
        type = types.lines;
        default = "";
      };
      nftables.flushRuleset = switch false;
      nftables.ruleset = mkOption {
        type = types.lines;
        default = "";
      };
      useNetworkd = switch false;
      useDHCP = switch true;
      interfaces = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
      defaultGateway = mkOption {
        type = types.nullOr types.anything;
        default = null;
      };
      firewall.rejectPackets = switch false;
      firewall.allowedTCPPorts = mkOption {
        type = types.listOf types.port;
        default = [ ];
      };
    };
    services = {
      journald.extraConfig = mkOption {
        type = types.lines;
        default = "";
      };
      journald.storage = mkOption {
        type = types.enum [
          "persistent"
          "volatile"
          "auto"
          "none"
        ];
        default = "persistent";
      };
      logrotate.enable = switch true;
      nscd.enable = switch true;
      nscd.user = mkOption {
        type = types.str;
        default = "nscd";
      };
      nscd.group = mkOption {
        type = types.str;
        default = "nscd";
      };
      timesyncd.enable = switch true;
      resolved.settings.Resolve = mkOption {
        type = types.attrsOf types.unitOption;
        default = { };
      };
      qemuGuest = {
        enable = switch false;
        package = package pkgs.qemu_kvm.ga;
      };
    };
    security = {
      acme.acceptTerms = switch false;
      acme.defaults.email = mkOption {
        type = types.nullOr types.str;
        default = null;
      };
    };
  };
  config = {
    assertions = [
      {
        assertion = !config.boot.loader.grub.enable;
        message = "You must set the option ‘boot.loader.grub.devices’ or 'boot.loader.grub.mirroredBoots' to make the system bootable.";
      }
      {
        # Without a boot loader the initrd secrets are copied at build time.
        assertion = builtins.all builtins.isPath (builtins.attrValues config.boot.initrd.secrets);
        message = "boot.initrd.secrets values must be unquoted paths when using a bootloader that doesn't natively support initrd secrets";
      }
    ];
    system.build = {
      kernel = pkgs.linux;
      initialRamdisk = pkgs.linux;
    };
    networking.nftables.flushRuleset = lib.mkIf config.networking.nftables.enable (
      lib.mkDefault (config.networking.nftables.ruleset != "")
    );
    boot.kernelParams = [
      "root=fstab"
      "loglevel=${toString config.boot.consoleLogLevel}"
    ];
    systemd.services.qemu-guest-agent = lib.mkIf config.services.qemuGuest.enable {
      description = "Run the QEMU Guest Agent";
      serviceConfig = {
        ExecStart = "${config.services.qemuGuest.package}/bin/qemu-ga --statedir /run/qemu-ga";
        Restart = "always";
        RestartSec = 0;
        RuntimeDirectory = "qemu-ga";
        RuntimeDirectoryMode = "0755";
      };
    };
  };
}
