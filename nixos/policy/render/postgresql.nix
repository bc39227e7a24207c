# postgresql.conf, pg_hba.conf, pg_ident.conf.
{ lib, policy }:
let
  inherit (policy.postgresql) settings hba identMap;
  # Every text is quoted; a quote inside a text is doubled (PostgreSQL's "Setting Parameters").
  value =
    v:
    if builtins.isBool v then
      (if v then "on" else "off")
    else if builtins.isString v then
      "'${builtins.replaceStrings [ "'" ] [ "''" ] v}'"
    else
      toString v;

  # A quoted name is never a keyword (all, sameuser, +group ...).
  database = rule: if rule.database == null then "all" else lib.quoted rule.database;
  user =
    rule:
    if rule ? group then
      "+${lib.quoted rule.group}"
    else if rule.user == null then
      "all"
    else
      lib.quoted rule.user;
  pad = width: text: if builtins.stringLength text >= width then text else pad width (text + " ");
  rule = r: "local   ${pad 18 (database r)}  ${pad 18 (user r)}  ${r.method}\n";
in
{
  settings =
    "# Rendered from the Odoo Box policy.\n"
    + builtins.concatStringsSep "" (lib.mapAttrsToList (key: v: "${key} = ${value v}\n") settings);
  hba =
    "# Rendered from the Odoo Box policy.\n# TYPE  ${pad 18 "DATABASE"}  ${pad 18 "USER"}  METHOD\n"
    + builtins.concatStringsSep "" (map rule hba);
  ident =
    if identMap == [ ] then "# Rendered from the Odoo Box policy: no ident map.\n" else lib.fail "an ident map has no renderer";
}
