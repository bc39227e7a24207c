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
  "A handyman in the group cannot become it, one of the documented statement becomes pgadmin" = equals {
    lee = { role = "odoo_handyman"; become = false; };
    kim = { role = "pgadmin"; become = true; };
  } two.postgresql.handymanRoles;
  "The list names every handyman and how he is a member" = equals "# handymen of this machine\nkim documented\nlee group\n" two.handymenUnit.list;
}
