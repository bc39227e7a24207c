# PostgreSQL: nixpkgs' module with the policy's values, and two units that create the cluster, the roles and the databases.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.odoo-box;
  inherit (cfg) policy scripts values;
  package = config.services.postgresql.finalPackage;
in
{
  options.services.odoo-box.scripts = lib.mkOption {
    type = lib.types.raw;
    internal = true;
    readOnly = true;
    description = "The set-up units' shell text.";
  };

  config = lib.mkIf cfg.enable {
    services.odoo-box.scripts = import ./scripts.nix {
      inherit policy values;
      sql = ./sql;
      roles = ./policy/roles.sql;
      handymanSql = ./policy/handymen/handyman.sql;
    };

    services.postgresql = {
      enable = true;
      # Pinned: another major does not read this one's data directory.
      package = pkgs.postgresql_17;
      settings = lib.mapAttrs (_: lib.mkForce) values.postgresql.settings;
      # Replaces nixpkgs' text completely, because that text has host lines.
      authentication = lib.mkForce values.postgresql.authentication;
      identMap = lib.mkForce values.postgresql.identMap;
      # roles.sql creates both. nixpkgs' odoo module requests a user and a database with its own fixed name.
      ensureUsers = lib.mkForce [ ];
      ensureDatabases = lib.mkForce [ ];
    };

    # nixpkgs runs initdb before PostgreSQL's start, and considers a data directory with a PG_VERSION complete. initdb writes that
    # file early: after an interruption the box would never start again. Therefore this unit runs first.
    systemd.services.odoo-box-cluster = {
      description = "Odoo Box: PostgreSQL's cluster";
      requiredBy = [ "postgresql.service" ];
      before = [ "postgresql.service" ];
      unitConfig.ConditionPathExists = "!${policy.paths.dataDirectory}/PG_VERSION";
      path = [ package ];
      serviceConfig = values.setups.postgresql;
      enableStrictShellChecks = true;
      script = scripts.cluster;
    };

    # Runs between nixpkgs' own set-up unit and the target after which Odoo and pgAdmin start.
    systemd.services.odoo-box-databases = {
      description = "Odoo Box: roles, databases and privileges";
      requires = [ "postgresql-setup.service" ];
      after = [ "postgresql-setup.service" ];
      requiredBy = [ "postgresql.target" ];
      before = [ "postgresql.target" ];
      path = [ package ];
      # Otherwise the owner of a database could put a schema of his own before pg_catalog.
      environment.PGOPTIONS = "-c search_path=pg_catalog,pg_temp";
      serviceConfig = values.setups.postgresql;
      enableStrictShellChecks = true;
      script = scripts.databases;
    };
  };
}
