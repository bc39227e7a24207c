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
      # Further users of an integrator are added to the list; the list does not lock them out.
      settings = lib.mapAttrs (name: if name == "AllowUsers" then lib.id else lib.mkForce) cfg.values.sshd.settings;
      # This configuration decides who may log in, not files that the users themselves can write. (nixpkgs' module then writes the
      # policy's AuthorizedKeysFile.)
      authorizedKeysInHomedir = false;
      # After all other additions: a Match block continues to the end of the file.
      extraConfig = lib.mkAfter cfg.values.sshd.matches;
      # One host key, of one type, identifies the machine.
      hostKeys = [
        {
          type = "ed25519";
          path = "/etc/ssh/ssh_host_ed25519_key";
        }
      ];
    };
  };
}
