# config_system.py, servers.json, pg_service.conf.
{ lib, policy }:
let
  inherit (policy.pgadmin) settings servers service;
  # JSON texts and numbers are valid in Python too.
  python = v: if builtins.isBool v then (if v then "True" else "False") else builtins.toJSON v;
  entries = attrs: builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "${key}=${toString v}\n") attrs);
in
{
  configSystem =
    "# Rendered from the Odoo Box policy.\n"
    + builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "${key} = ${python v}\n") settings);
  servers = builtins.toJSON servers + "\n";
  service =
    "# Rendered from the Odoo Box policy.\n"
    + builtins.concatStringsSep "\n" (lib.mapAttrsToList (name: attrs: "[${name}]\n" + entries attrs) service);
}
