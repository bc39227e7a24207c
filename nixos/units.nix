# The policy's units over those of nixpkgs' modules: every directive of the policy wins (otherwise a list would be *added* to a
# module's list). Directives of nixpkgs that the policy does not set stay; tests/nix/cases lists them.
{ config, lib, ... }:
let
  cfg = config.services.odoo-box;
  forced = lib.mapAttrs (_: lib.mkForce);
  common = unit: {
    description = lib.mkForce unit.description;
    inherit (unit) wantedBy;
    unitConfig = forced unit.unitConfig;
  };
in
{
  config = lib.mkIf cfg.enable {
    systemd.services = lib.mapAttrs (
      _: unit: common unit // unit.relations // { serviceConfig = forced unit.serviceConfig; }
    ) cfg.values.services;
    systemd.sockets = lib.mapAttrs (
      _: unit: common unit // unit.relations // { inherit (unit) listenStreams socketConfig; }
    ) cfg.values.sockets;
    systemd.timers = lib.mapAttrs (
      _: unit: common unit // unit.relations // { inherit (unit) timerConfig; }
    ) cfg.values.timers;

    # Adds the udev rule that starts the agent with its port. Only on a test machine.
    services.qemuGuest.enable = lib.mkIf (cfg.values.services ? qemu-guest-agent) true;
  };
}
