# The least that a user sets.
{
  services.odoo-box = {
    enable = true;
    admin.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example kim@laptop" ];
    tls.certificateFile = "/run/secrets/tls.crt";
    tls.keyFile = "/run/secrets/tls.key";
    odoo.masterPasswordFile = "/run/secrets/odoo-master-password";
    odoo.adminPasswordFile = "/run/secrets/odoo-admin-password";
    pgadmin.passwordFile = "/run/secrets/pgadmin-password";
  };
}
