# systemd directives per service: name -> string, boolean or list (one line per element).
# What every service has lies in common.nix; each file adds or tightens, and says why where it must give way.
arguments:
let
  common = import ./common.nix arguments;
  with' = file: common // import file arguments;
  # Of units that run as root: ExecPaths= are mounted writable (./common.nix), and root owns the programs in them. So there are none, no
  # such unit names "/" in its NoExecPaths=, and the whole file system stays read-only, but for what the unit writes.
  asRoot = file: common // { ExecPaths = [ ]; } // import file arguments;
in
{
  postgresql = with' ./postgresql.nix;
  odoo = with' ./odoo.nix;
  pgadmin = with' ./pgadmin.nix;
  nginx = with' ./nginx.nix;
  odoo-box-handymen = asRoot ./handymen.nix;
  odoo-box-filter = asRoot ./filter.nix;
}
// (
  if arguments.settings.backup then
    {
      odoo-box-backup-hot = asRoot ./backup.nix;
      odoo-box-backup-cold = asRoot ./backup.nix;
      "odoo-box-restore@" = asRoot ./restore.nix;
    }
  else
    { }
)
// (if arguments.settings.testMachine then { qemu-guest-agent = asRoot ./guest-agent.nix; } else { })
