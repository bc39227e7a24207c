# OpenSSH: keys only, for the admin and the handymen only.
{ config, lib, ... }:
let
  cfg = config.services.odoo-box;
in
{
  config = lib.mkIf cfg.enable {
    services.openssh = {
      enable = true;
      inherit (cfg.values.sshd) ports;
      # Whom an integrator lets in besides is added to the list, and not shut out by it.
      settings = lib.mapAttrs (name: if name == "AllowUsers" then lib.id else lib.mkForce) cfg.values.sshd.settings;
      # Who gets in stands in this configuration, not in files that the users themselves can write. (What nixpkgs' module writes then
      # is the policy's AuthorizedKeysFile.)
      authorizedKeysInHomedir = false;
      # Behind whatever else is added: a Match block goes on to the end.
      extraConfig = lib.mkAfter cfg.values.sshd.matches;
      # One key, of one kind, to know the machine by.
      hostKeys = [
        {
          type = "ed25519";
          path = "/etc/ssh/ssh_host_ed25519_key";
        }
      ];
    };
  };
}
