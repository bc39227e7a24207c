{ policy, equals, contains, texts, ... }:
let
  none = policy { handymen = { }; };
  two = policy { handymen = { lee = "group"; kim = "documented"; }; };
in
{
  "Unless told otherwise the one handyman is names.handyman, by the documented statement" = equals { jane = "documented"; } (policy { }).handymen;
  "Without handymen sshd lets in the admin only" = contains "\nAllowUsers admin\n" (texts none).sshdConf;
  "Without handymen the admin is the only person" = equals [ "admin" ] (builtins.attrNames none.system.people);
  "sshd lets in the admin and every handyman" = contains "\nAllowUsers admin kim lee\n" (texts two).sshdConf;
  "A handyman in the group is not in pgAdmin's role, and the other way round" = equals {
    lee = { role = "odoo_handyman"; otherRole = "pgadmin"; };
    kim = { role = "pgadmin"; otherRole = "odoo_handyman"; };
  } two.postgresql.handymanRoles;
}
