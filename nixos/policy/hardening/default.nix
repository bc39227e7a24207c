# systemd directives per service: name -> string, boolean or list (one line per element).
# common.nix has the directives of all services; each file adds or tightens some, and gives the reason where it must relax one.
arguments:
let
  common = import ./common.nix arguments;
  # Programs that ask the network for whoever connects to their socket, also for a service without a network: the resolver, on
  # NixOS the name service daemon, and Nix's daemon, which fetches sources. (glibc reads /etc/passwd itself without the second.)
  askers = [
    "-/run/systemd/resolve"
    "-/run/nscd"
    "-/nix/var/nix/daemon-socket"
  ];
  walled = unit: unit // { InaccessiblePaths = unit.InaccessiblePaths ++ askers; };
  with' = file: walled (common // import file arguments);
  # For units that run as root: ExecPaths= are mounted writable (./common.nix), and root owns the programs in them. Therefore
  # these units have no ExecPaths= and no "/" in their NoExecPaths=: the whole file system stays read-only, except for the paths
  # that the unit writes. (The unit for handymen may write everywhere.)
  asRoot = file: walled (common // { ExecPaths = [ ]; } // import file arguments);
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
