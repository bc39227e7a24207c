# odoo.conf. Booleans as Python writes them.
{ lib, policy }:
let
  value = v: if builtins.isBool v then (if v then "True" else "False") else toString v;
in
"# Rendered from the Odoo Box policy.\n[options]\n"
+ builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "${key} = ${value v}\n") policy.odoo.settings)
