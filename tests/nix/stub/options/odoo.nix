{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.odoo;
in
{
  options.services.odoo = {
    enable = mkOption {
      type = types.bool;
      default = false;
    };
    package = mkOption { type = types.package; };
    addons = mkOption {
      type = types.listOf types.package;
      default = [ ];
    };
    autoInit = mkOption {
      type = types.bool;
      default = false;
    };
    domain = mkOption {
      type = types.nullOr types.str;
      default = null;
    };
    settings = mkOption {
      type = types.submoduleWith {
        freeform = types.attrsOf types.anything;
        options.options = mkOption {
          type = types.submoduleWith {
            freeform = types.oneOf [
              types.bool
              types.int
              types.str
            ];
            options = {
              proxy_mode = mkOption {
                type = types.bool;
                default = cfg.domain != null;
              };
              workers = mkOption {
                type = types.ints.unsigned;
                default = 0;
              };
            };
          };
        };
      };
      default = { };
    };
  };
  config = lib.mkIf cfg.enable {
    services.odoo.settings.options.data_dir = "/var/lib/private/odoo/data";
    services.odoo.settings.options.list_db = lib.mkDefault false;
    services.postgresql = {
      enable = true;
      ensureDatabases = [ "odoo" ];
      ensureUsers = [
        {
          name = "odoo";
          ensureDBOwnership = true;
        }
      ];
    };
    users.users.odoo = {
      isSystemUser = true;
      group = "odoo";
    };
    users.groups.odoo = { };
    systemd.services.odoo = {
      wantedBy = [ "multi-user.target" ];
      after = [
        "network.target"
        "postgresql.target"
      ];
      requires = [ "postgresql.target" ];
      path = [ config.services.postgresql.package ];
      serviceConfig = {
        DynamicUser = true;
        Environment = [ "ODOO_RC=/nix/store/00000000000000000000000000000000-odoo.cfg" ];
        ExecStart = "${cfg.package}/bin/odoo";
        ExecStartPre = pkgs.writeText "odoo-start-pre.sh" "";
        StateDirectory = "odoo";
        User = "odoo";
      };
    };
  };
}
