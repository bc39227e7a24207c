# The Odoo Box: PostgreSQL, pgAdmin and Odoo behind nginx, on one host. Every security-relevant value comes from ./policy, through
# ./values.nix; the modules here assign the values to options.
{
  _class = "nixos";
  imports = [
    ./options.nix
    ./assertions.nix
    ./units.nix
    ./postgresql.nix
    ./odoo.nix
    ./pgadmin.nix
    ./nginx.nix
    ./ssh.nix
    ./users.nix
    ./system.nix
    ./backup.nix
  ];
}
