# The guest with the names of nixos/guest/other-names.json.
{
  otherNames,
  equals,
  contains,
  ...
}:
let
  c = otherNames.config;
  given = builtins.fromJSON (builtins.readFile ../../../nixos/guest/other-names.json);
  inherit (c.services.odoo-box) policy;
in
{
  "A guest has all the other names, but for the superuser's, which nixpkgs fixes" =
    equals (given // { superuser = "postgres"; })
      policy.names;
  "A guest with other names makes them, quoted where SQL wants it" = contains
    "-v odoo_db='Odoo-Martel.14'"
    c.systemd.services.odoo-box-databases.script;
  "A guest with other names has their accounts and no others" =
    equals
      [
        "dbadmin"
        "lee-7"
      ]
      (
        builtins.filter (name: c.users.users.${name}.isNormalUser or false) (builtins.attrNames c.users.users)
      );
  "A guest with other names has one handyman, by the documented statement" = equals {
    lee-7 = "documented";
  } policy.handymen;
}
