# The unit that applies the configured roles, rights and handymen at each start; the script is ./handymen/apply.
{ lib, names, settings, paths, handymen, ... }:
{
  # Each handyman and his membership, one per line.
  list = "# handymen of this machine\n" + builtins.concatStringsSep "" (lib.mapAttrsToList (name: how: "${name} ${how}\n") handymen);

  service = {
    unit = {
      Description = "Roles, rights and handymen as they are configured";
      # A restart of PostgreSQL restarts this unit as well. Odoo and pgAdmin start after it, when their rights are in order.
      After = [ paths.postgresqlUnit ];
      Requires = [ paths.postgresqlUnit ];
      Before = [ "odoo.service" "pgadmin.service" ];
    };
    service = {
      Type = "oneshot";
      # Runs as root, as every unit without User= does (the reason is in ./backup.nix).
      RemainAfterExit = true;
      StateDirectory = "odoo-box";
      StateDirectoryMode = "0700";
      Environment = [
        "PGHOST=${paths.socketDirectory}"
        "PGPORT=${toString settings.postgresqlPort}"
        "POSTGRESQL_PROGRAMS=${dirOf paths.postgresqlProgram}"
        "HANDYMEN=${paths.configDirectory}/handymen/list"
        "KEYS=/etc/ssh/authorized_keys.d"
        "SUPERUSER=${names.superuser}"
        "ADMIN=${names.admin}"
        "ODOO=${names.odoo}"
        "ODOO_DATABASE=${names.odooDatabase}"
        "PGADMIN=${names.pgadmin}"
        "PGADMIN_DATABASE=${names.pgadminDatabase}"
        "HANDYMAN_GROUP=${names.handymanGroup}"
      ];
      ExecStart = "${paths.bash} ${paths.configDirectory}/handymen/apply";
      TimeoutStartSec = "infinity";
    };
    wantedBy = [ "multi-user.target" ];
  };
}
