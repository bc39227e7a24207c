# The machine around the services: folders that their sandboxes need, the kernel, who may connect to whom, and entry points that
# other software opens by itself.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.odoo-box;
  inherit (cfg.values) system;
  inherit (config.services) nscd;
in
{
  config = lib.mkIf cfg.enable {
    # Paths of a unit's InaccessiblePaths= must exist before the unit starts, whichever unit starts first.
    systemd.tmpfiles.settings."10-odoo-box" = lib.listToAttrs (
      map (
        directory:
        lib.nameValuePair directory.path {
          d = {
            inherit (directory) mode user;
            group = directory.user;
          };
        }
      ) system.directories
    );

    # The name service daemon, which asks the network for any service that connects to it, is behind the walls of the box's units
    # (policy/hardening). Its folder must be there before they start. It must also survive the daemon's restarts: with a folder the
    # kernel drops what is mounted over it.
    systemd.tmpfiles.settings."11-odoo-box-nscd" = lib.mkIf nscd.enable {
      "/run/nscd".d = {
        mode = "0755";
        inherit (nscd) user group;
      };
    };
    systemd.services.nscd = lib.mkIf nscd.enable { serviceConfig.RuntimeDirectoryPreserve = true; };

    # Only names and paths, for `boxtest verify`.
    environment.etc."odoo-box/box.json".text = builtins.toJSON (cfg.policy.box // { flavour = "nixos"; });
    environment.etc."odoo-box/filter.nft".text = system.filter;
    systemd.services.odoo-box-filter = {
      # The user's own rules, if there are any, are loaded first. (./assertions.nix: they must not remove this table later.)
      after = lib.mkIf config.networking.nftables.enable [ "nftables.service" ];
      reloadTriggers = [ config.environment.etc."odoo-box/filter.nft".source ];
    };
    boot.kernel.sysctl = lib.mapAttrs (_: lib.mkForce) system.sysctl;
    # Modules that the configuration itself names are allowed.
    environment.etc."modprobe.d/odoo-box.conf".source = pkgs.runCommand "odoo-box-modprobe.conf" { } ''
      cat ${config.system.modulesTree}/lib/modules/*/modules.alias |
        sh ${./policy/blocked-protocols} ${
          builtins.concatStringsSep " " (
            map lib.escapeShellArg (
              system.protocolsOnDemand ++ config.boot.kernelModules ++ config.boot.initrd.kernelModules
            )
          )
        } >$out
    '';

    services.resolved.settings.Resolve = system.resolved;
    systemd.generators = lib.genAttrs system.maskedGenerators (_: "/dev/null");

    networking.firewall.allowedTCPPorts = cfg.values.firewall;
  };
}
