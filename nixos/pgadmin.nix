# pgAdmin: nixpkgs' module for its configuration and account, the policy's unit behind a socket for its service, and a unit that
# creates its database.
#
# Not used from nixpkgs' module:
# - its command: the development server on a TCP port that every local user can reach. Here gunicorn answers on a socket
#   that systemd opens only for the web server, in a sandbox without any network;
# - its preStart: the set-up runs before each start, without waiting for PostgreSQL and within 90 s;
# - DynamicUser: as for Odoo.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.odoo-box;
  inherit (cfg)
    policy
    scripts
    values
    ;
in
{
  config = lib.mkIf cfg.enable {
    services.pgadmin = {
      enable = true;
      inherit (cfg.pgadmin) package;
      initialEmail = policy.pgadmin.login;
      # Only the module's own preStart would read it.
      initialPasswordFile = toString cfg.pgadmin.passwordFile;
      settings = lib.mapAttrs (_: lib.mkForce) values.pgadmin.settings;
    };
    environment.etc = {
      # pgAdmin's code runs what this file contains: it is root's, like all configuration. The module would make a copy that
      # belongs to pgAdmin's user, and a new copy at each activation. It contains no secret: its source is in the store.
      "pgadmin/config_system.py" = {
        mode = lib.mkForce "symlink";
        user = lib.mkForce "root";
        group = lib.mkForce "root";
      };
      "pgadmin/pg_service.conf".text = values.pgadmin.service;
      "pgadmin/servers.json".text = values.pgadmin.servers;
    };

    systemd.services.pgadmin = {
      preStart = lib.mkForce "";
      # The module's trigger is a path that never changes.
      restartTriggers = [
        config.environment.etc."pgadmin/config_system.py".source
        config.environment.etc."pgadmin/pg_service.conf".source
      ];
    };

    systemd.services.odoo-box-pgadmin = {
      description = "Odoo Box: pgAdmin's database";
      requires = [ policy.paths.postgresqlUnit ];
      after = [ policy.paths.postgresqlUnit ];
      requiredBy = [ "pgadmin.service" ];
      before = [ "pgadmin.service" ];
      path = [ config.services.postgresql.finalPackage ];
      serviceConfig = values.setups.pgadmin // {
        LoadCredential = [ "initial-password:${toString cfg.pgadmin.passwordFile}" ];
      };
      enableStrictShellChecks = true;
      script = scripts.pgadmin {
        program = lib.getExe' cfg.pgadmin.package "pgadmin4-cli";
        servers = pkgs.writeText "servers.json" values.pgadmin.servers;
      };
    };
  };
}
