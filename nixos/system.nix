# The machine around the services: folders that their walls need, the kernel, who may connect to whom, and doors that other software opens by itself.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.odoo-box;
  inherit (cfg.values) system;
in
{
  config = lib.mkIf cfg.enable {
    # What a unit's InaccessiblePaths= names must be there before the unit starts, whichever starts first.
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

    # Names and paths alone, for `boxtest verify`.
    environment.etc."odoo-box/box.json".text = builtins.toJSON (cfg.policy.box // { flavour = "nixos"; });
    environment.etc."odoo-box/filter.nft".text = system.filter;
    systemd.services.odoo-box-filter = {
      # Somebody's own rules, where there are such: they come first. (./assertions.nix: they must not take this table away later.)
      after = lib.mkIf config.networking.nftables.enable [ "nftables.service" ];
      reloadTriggers = [ config.environment.etc."odoo-box/filter.nft".source ];
    };
    boot.kernel.sysctl = lib.mapAttrs (_: lib.mkForce) system.sysctl;
    # A module that the configuration itself names is wanted.
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
