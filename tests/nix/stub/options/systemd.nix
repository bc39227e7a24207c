{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  units = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  section = mkOption {
    type = types.attrsOf types.unitOption;
    default = { };
  };
  script = mkOption {
    type = types.lines;
    default = "";
  };
  common = {
    enable = mkOption {
      type = types.bool;
      default = true;
    };
    description = mkOption {
      type = types.str;
      default = "";
    };
    after = units;
    before = units;
    bindsTo = units;
    conflicts = units;
    onFailure = units;
    onSuccess = units;
    partOf = units;
    requiredBy = units;
    requires = units;
    wantedBy = units;
    wants = units;
    unitConfig = section;
  };
  sets =
    options:
    mkOption {
      type = types.attrsOf (types.submodule { options = common // options; });
      default = { };
    };
in
{
  options.systemd = {
    package = mkOption {
      type = types.package;
      default = pkgs.systemd;
    };
    services = sets {
      serviceConfig = section;
      environment = mkOption {
        type = types.attrsOf types.str;
        default = { };
      };
      path = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      inherit script;
      preStart = script;
      reloadTriggers = mkOption {
        type = types.listOf types.anything;
        default = [ ];
      };
      restartTriggers = mkOption {
        type = types.listOf types.raw;
        default = [ ];
      };
      enableStrictShellChecks = mkOption {
        type = types.bool;
        default = false;
      };
    };
    sockets = sets {
      socketConfig = section;
      listenStreams = mkOption {
        type = types.listOf types.str;
        default = [ ];
      };
    };
    timers = sets { timerConfig = section; };
    targets = sets { };
    generators = mkOption {
      type = types.attrsOf types.path;
      default = { };
    };
    tmpfiles.settings = mkOption {
      type = types.attrsOf (
        types.attrsOf (
          types.attrsOf (
            types.submodule {
              options = {
                mode = mkOption {
                  type = types.str;
                  default = "-";
                };
                user = mkOption {
                  type = types.str;
                  default = "-";
                };
                group = mkOption {
                  type = types.str;
                  default = "-";
                };
              };
            }
          )
        )
      );
      default = { };
    };
    network = {
      wait-online.enable = mkOption {
        type = types.bool;
        default = true;
      };
      networks = mkOption {
        type = types.attrsOf (
          types.submodule {
            options = {
              matchConfig = section;
              networkConfig = section;
              dhcpV4Config = section;
              linkConfig = section;
            };
          }
        );
        default = { };
      };
    };
  };
}
