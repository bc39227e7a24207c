# The policy for the Debian reference guest, and the files that are rendered from it.
# namesFile: a JSON file that overrides names (keys as in nixos/policy/names.nix), or "" for the defaults.
# store: the prefix of folder names in /nix/store, for the guest that has its programs there; or "".
{
  namesFile ? "",
  store ? "",
  given ? if namesFile == "" then { } else builtins.fromJSON (builtins.readFile namesFile),
}:
let
  policy = import ../../nixos/policy {
    names = given;
    paths = import ./paths.nix // (if store == "" then { } else import ./paths-in-store.nix store);
    # All clients have this address in QEMU's user-mode network: refused logins of one test must not lock out the next test.
    settings.sshPenaltyExempt = [ "10.0.2.2" ];
    settings.testMachine = true;
  };
  inherit (policy) names paths;
  text = import ../../nixos/policy/render policy;

  file = path: text: { inherit path text; mode = "0644"; user = "root"; };
  # An unchanged file of the policy.
  copy = name: file "${paths.configDirectory}/${name}" (builtins.readFile (../../nixos/policy + "/${name}"));
  wanted =
    kind: units:
    map (name: "${name}.${kind}") (builtins.filter (name: units.${name}.wantedBy != [ ]) (builtins.attrNames units));
  private = user: file: file // { inherit user; mode = "0600"; };
  units = builtins.attrValues (
    builtins.mapAttrs (name: text: file "/etc/systemd/system/${name}" text) text.units
  );
in
{
  inherit policy;
  files = units ++ [
    # In the data directory only the owner may read the files.
    (private names.superuser (file "${paths.dataDirectory}/postgresql.conf" text.postgresqlConf))
    (private names.superuser (file "${paths.dataDirectory}/pg_hba.conf" text.pgHbaConf))
    (private names.superuser (file "${paths.dataDirectory}/pg_ident.conf" text.pgIdentConf))
    (copy "roles.sql")
    (copy "backup/common")
    (copy "backup/backup")
    (copy "backup/restore")
    (file "${paths.configDirectory}/box.json" (
      builtins.toJSON (policy.box // { flavour = "debian"; } // (if store == "" then { } else { shape = "nixos"; }))
    ))
    (file "${paths.configDirectory}/handymen/list" policy.handymenUnit.list)
    (copy "handymen/apply")
    (copy "handymen/handyman.sql")
    (file "${paths.configDirectory}/odoo.conf" text.odooConf)
    (file "${paths.configDirectory}/nginx.conf" text.nginxConf)
    (file "${paths.pgadminConfigDirectory}/config_system.py" text.pgadminConfigSystem)
    (file "${paths.pgadminConfigDirectory}/servers.json" text.pgadminServers)
    (file "${paths.pgadminConfigDirectory}/pg_service.conf" text.pgServiceConf)
    # Debian's sshd_config includes this folder first, and the first value counts.
    (file "/etc/ssh/sshd_config.d/00-odoo-box.conf" text.sshdConf)
    (file "/etc/sudoers.d/odoo-box" text.sudoers // { mode = "0440"; })
    (file "${paths.configDirectory}/filter.nft" text.filterConf)
    (file "/etc/sysctl.d/60-odoo-box.conf" text.sysctlConf)
    (file "/etc/systemd/resolved.conf.d/odoo-box.conf" text.resolvedConf)
    (file "/etc/tmpfiles.d/odoo-box.conf" text.tmpfilesConf)
  ];
  units = builtins.attrNames text.units;
  # Units that the machine starts.
  enable = wanted "service" policy.units.services ++ wanted "socket" policy.units.sockets ++ wanted "timer" policy.units.timers;
  inherit (policy.system) maskedGenerators protocolsOnDemand;
}
