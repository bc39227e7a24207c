# systemd directives per service: name -> string, boolean or list (one line per element).
# What every service has lies in common.nix; each file adds or tightens, and says why where it must give way.
arguments:
let
  common = import ./common.nix arguments;
  with' = file: common // import file arguments;
in
{
  postgresql = with' ./postgresql.nix;
  odoo = with' ./odoo.nix;
  pgadmin = with' ./pgadmin.nix;
  nginx = with' ./nginx.nix;
  odoo-box-handymen = with' ./handymen.nix;
  odoo-box-filter = with' ./filter.nix;
}
// (
  if arguments.settings.backup then
    {
      odoo-box-backup-hot = with' ./backup.nix;
      odoo-box-backup-cold = with' ./backup.nix;
      "odoo-box-restore@" = with' ./restore.nix;
    }
  else
    { }
)
// (if arguments.settings.testMachine then { qemu-guest-agent = with' ./guest-agent.nix; } else { })
