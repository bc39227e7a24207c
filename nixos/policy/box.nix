# Content of /etc/odoo-box/box.json (docs/box.schema.json), the machine's description of itself for `boxtest verify`: the names
# and paths that a verifier needs. Every user may read it. It contains no expected values, such as ports or limits. The code that
# writes the file adds the flavour.
{
  names,
  paths,
  pgadmin,
  odoo,
  system,
  ...
}:
{
  schema = 1;
  names = {
    inherit (names) domain superuser admin odoo pgadmin handyman;
    handyman_group = names.handymanGroup;
    odoo_database = names.odooDatabase;
    pgadmin_database = names.pgadminDatabase;
  };
  people = builtins.mapAttrs (name: _: if name == names.admin then "admin" else "handyman") system.people;
  postgresql = {
    major = 17;
    socket_directory = paths.socketDirectory;
    data_directory = paths.dataDirectory;
  };
  services = {
    postgresql = {
      unit = "postgresql.service";
      user = names.superuser;
      private_paths = [ paths.dataDirectory ];
    };
    odoo = {
      unit = "odoo.service";
      user = names.odoo;
      private_paths = [
        paths.odooState
        paths.odooMasterPassword
      ];
    };
    pgadmin = {
      unit = "pgadmin.service";
      user = names.pgadmin;
      private_paths = [
        paths.pgadminState
        paths.pgadminLog
      ];
    };
    nginx = {
      unit = "nginx.service";
      user = paths.webUser;
      private_paths = [ paths.tlsKey ];
    };
  };
  web = {
    odoo = {
      path = "/";
      inherit (odoo) login;
    };
    pgadmin = {
      path = "/pgadmin";
      inherit (pgadmin) login;
    };
  };
  backup = {
    directory = paths.backupDirectory;
    hot = "odoo-box-backup-hot.service";
    cold = "odoo-box-backup-cold.service";
    restore = "odoo-box-restore@.service";
  };
}
