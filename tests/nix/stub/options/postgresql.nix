{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.postgresql;
in
{
  options.services.postgresql = {
    enable = mkOption {
      type = types.bool;
      default = false;
    };
    package = mkOption { type = types.package; };
    finalPackage = mkOption {
      type = types.package;
      default = cfg.package;
    };
    enableTCPIP = mkOption {
      type = types.bool;
      default = false;
    };
    dataDir = mkOption {
      type = types.path;
      default = "/var/lib/postgresql/${cfg.package.psqlSchema}";
    };
    superUser = mkOption {
      type = types.str;
      default = "postgres";
      readOnly = true;
    };
    authentication = mkOption { type = types.lines; };
    identMap = mkOption { type = types.lines; };
    ensureDatabases = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    ensureUsers = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    settings = mkOption {
      type = types.submoduleWith {
        freeform = types.oneOf [
          types.bool
          types.int
          types.str
        ];
        options = {
          port = mkOption {
            type = types.port;
            default = 5432;
          };
          log_line_prefix = mkOption {
            type = types.str;
            default = "[%p] ";
          };
          shared_preload_libraries = mkOption {
            type = types.nullOr types.commas;
            default = null;
          };
        };
      };
      default = { };
    };
  };
  config = lib.mkIf cfg.enable {
    services.postgresql = {
      package = lib.mkDefault pkgs.postgresql_17;
      authentication = "local all all peer\nhost all all 127.0.0.1/32 md5\n";
      identMap = "postgres postgres postgres\n";
      settings = {
        hba_file = "/nix/store/00000000000000000000000000000000-pg_hba.conf";
        ident_file = "/nix/store/00000000000000000000000000000000-pg_ident.conf";
        listen_addresses = "localhost";
        log_destination = "stderr";
        jit = lib.mkDefault "off";
      };
    };
    users.users.postgres = {
      group = "postgres";
      home = toString cfg.dataDir;
      useDefaultShell = true;
      isSystemUser = true;
    };
    systemd.targets.postgresql.requires = [
      "postgresql.service"
      "postgresql-setup.service"
    ];
    systemd.services.postgresql = {
      description = "PostgreSQL Server";
      after = [ "network.target" ];
      preStart = "initdb if there is no PG_VERSION";
      unitConfig = {
        StartLimitBurst = 5;
        StartLimitIntervalSec = config.systemd.services.postgresql.serviceConfig.TimeoutSec * 5 + 5;
      };
      serviceConfig = {
        CapabilityBoundingSet = [ "" ];
        DevicePolicy = "closed";
        ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
        ExecStart = "${cfg.finalPackage}/bin/postgres";
        Group = "postgres";
        ProtectHome = true;
        Restart = "always";
        RestrictAddressFamilies = [
          "AF_INET"
          "AF_INET6"
          "AF_NETLINK"
          "AF_UNIX"
        ];
        RuntimeDirectory = "postgresql";
        StateDirectory = "postgresql postgresql/17";
        StateDirectoryMode = "0750";
        SystemCallFilter = [
          "@system-service"
          "~@privileged"
          "~@resources"
        ];
        TimeoutSec = 120;
        Type = "notify";
        UMask = "0027";
        User = "postgres";
      };
    };
  };
}
