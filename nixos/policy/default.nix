# The Odoo Box policy: every security-relevant decision, once, as data, for all flavours.
#
# Pure Nix without nixpkgs. The NixOS module sets options from these values; the Debian reference guest
# evaluates them (nix-instantiate --eval --strict --json) and writes the files. All of it serialises to JSON.
#
#   names     roles, databases, OS users, domain            names.nix lists them and checks their form
#   settings  ports, limits, and the like                   settings.nix
#   paths     paths that differ between flavours            paths.nix
#   handymen  the handymen, if not only names.handyman      check-handymen.nix
#
# An unknown key, or a name that SQL, pg_hba.conf, systemd, sudoers, useradd or nginx would misinterpret, ends the evaluation with
# a message that contains the key and the value.
{
  names ? { },
  settings ? { },
  paths ? { },
  handymen ? null,
}:
let
  lib = import ./lib.nix;
  checkedPaths = import ./paths.nix { inherit lib; } paths;
  checkedNames = import ./names.nix { inherit lib; } {
    given = names;
    taken = [ checkedPaths.webUser ];
  };
  checkedSettings = import ./settings.nix {
    inherit lib;
    names = checkedNames;
  } settings;
  checkedHandymen = import ./check-handymen.nix { inherit lib; } {
    given = handymen;
    names = checkedNames;
    taken = [ checkedPaths.webUser ];
  };
  arguments = {
    inherit lib;
    names = checkedNames;
    settings = checkedSettings;
    paths = checkedPaths;
    handymen = checkedHandymen;
  };
  policy = {
    names = checkedNames;
    settings = checkedSettings;
    paths = checkedPaths;
    handymen = checkedHandymen;
    postgresql = import ./postgresql.nix arguments;
    odoo = import ./odoo.nix arguments;
    pgadmin = import ./pgadmin.nix arguments;
    nginx = import ./nginx.nix arguments;
    filter = import ./filter.nix arguments;
    sshd = import ./sshd.nix arguments;
    sudo = import ./sudo.nix arguments;
    system = import ./system.nix arguments;
    backup = import ./backup.nix arguments;
    handymenUnit = import ./handymen.nix arguments;
    hardening = import ./hardening arguments;
    units = import ./units.nix arguments;
    box = import ./box.nix (arguments // { inherit (policy) pgadmin odoo system; });
  };
in
# All checks run, whichever part of the policy is read.
builtins.deepSeq [ checkedPaths checkedNames checkedSettings checkedHandymen ] policy
