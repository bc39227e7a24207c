# The options of NixOS that this project sets or reads, with nixpkgs' types, and what nixpkgs' own modules define at
# ordinary priority where the project sets other values: a setting of the project that is not forced is a conflict here, too.
# Looked up in nixpkgs' sources of July 2026.
{
  imports = [
    ./machine.nix
    ./systemd.nix
    ./postgresql.nix
    ./odoo.nix
    ./pgadmin.nix
    ./nginx.nix
    ./access.nix
  ];
}
