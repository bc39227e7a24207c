# Locations of the programs in the Debian guest that has NixOS's shape: the paths that are below /nix/store in nixos/paths.nix.
store:
let
  debian = "${store}-debian";
  pgadmin = "${store}-pgadmin";
in
{
  postgresqlProgram = "${debian}/lib/postgresql/17/bin/postgres";
  odooProgram = "${debian}/bin/odoo";
  gunicornProgram = "${pgadmin}/bin/gunicorn";
  pgadminPackage = "${pgadmin}/pgadmin4";
  nginxProgram = "${debian}/sbin/nginx";
  guestAgentProgram = "${debian}/sbin/qemu-ga";
  kill = "${debian}/bin/kill";
  nologin = "${debian}/sbin/nologin";
  shell = "${debian}/bin/sh";
  bash = "${debian}/bin/bash";
  # As on NixOS: a link that survives an update of bash.
  loginShell = "/run/current-system/sw/bin/bash";
  execPaths = [ "/nix/store" ];
  pgadminExecPaths = [ ];
}
