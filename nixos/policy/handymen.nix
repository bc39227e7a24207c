# What makes roles and handymen what the configuration says, at each start: ./handymen/apply has the rest.
{ lib, names, settings, paths, handymen, ... }:
{
  # Each handyman and his membership, one a line.
  list = "# handymen of this machine\n" + builtins.concatStringsSep "" (lib.mapAttrsToList (name: how: "${name} ${how}\n") handymen);

  service = {
    unit = {
      Description = "Roles, rights and handymen as they are configured";
      # A restart of PostgreSQL restarts this, too; and Odoo finds its rights in order, if it starts meanwhile.
      After = [ paths.postgresqlUnit ];
      Requires = [ paths.postgresqlUnit ];
      Before = [ "odoo.service" "pgadmin.service" ];
    };
    service = {
      Type = "oneshot";
      # Root's, as a unit without User= is (./backup.nix says why).
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
