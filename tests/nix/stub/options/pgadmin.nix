{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.pgadmin;
in
{
  options.services.pgadmin = {
    enable = mkOption {
      type = types.bool;
      default = false;
    };
    package = mkOption { type = types.package; };
    initialEmail = mkOption { type = types.str; };
    initialPasswordFile = mkOption { type = types.path; };
    settings = mkOption {
      type = types.attrsOf (
        types.oneOf [
          types.bool
          types.int
          types.str
          (types.listOf types.str)
        ]
      );
      default = { };
    };
  };
  config = lib.mkIf cfg.enable {
    services.pgadmin.settings = {
      DEFAULT_SERVER_PORT = 5050;
      PASSWORD_LENGTH_MIN = 6;
      SERVER_MODE = true;
      UPGRADE_CHECK_ENABLED = false;
    };
    environment.etc."pgadmin/config_system.py" = {
      text = builtins.toJSON cfg.settings;
      mode = "0600";
      user = "pgadmin";
      group = "pgadmin";
    };
    users.users.pgadmin = {
      isSystemUser = true;
      group = "pgadmin";
    };
    users.groups.pgadmin = { };
    systemd.services.pgadmin = {
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      requires = [ "network.target" ];
      wants = [ "postgresql.target" ];
      preStart = "pgadmin4-cli setup-db";
      restartTriggers = [ "/etc/pgadmin/config_system.py" ];
      serviceConfig = {
        AmbientCapabilities = "";
        CapabilityBoundingSet = "";
        DynamicUser = true;
        ExecStart = "${cfg.package}/bin/pgadmin4";
        LoadCredential = [ "initial_password:${cfg.initialPasswordFile}" ];
        LogsDirectory = "pgadmin";
        LogsDirectoryMode = "750";
        MountAPIVFS = true;
        ProtectControlGroups = "strict";
        ProtectHome = true;
        ProtectSystem = "full";
        RestrictAddressFamilies = [
          "AF_UNIX"
          "AF_INET"
          "AF_INET6"
        ];
        StateDirectory = "pgadmin";
        StateDirectoryMode = "750";
        UMask = 27;
        User = "pgadmin";
      };
    };
  };
}
