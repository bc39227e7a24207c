{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  switch =
    default:
    mkOption {
      type = types.bool;
      inherit default;
    };
  word = types.oneOf [
    types.bool
    types.int
    types.str
  ];
in
{
  options = {
    services.openssh = {
      enable = switch false;
      package = mkOption {
        type = types.package;
        default = pkgs.openssh;
      };
      ports = mkOption {
        type = types.listOf types.port;
        default = [ ];
      };
      authorizedKeysInHomedir = switch true;
      extraConfig = mkOption {
        type = types.lines;
        default = "";
      };
      hostKeys = mkOption { type = types.listOf types.anything; };
      settings = mkOption {
        type = types.submoduleWith {
          freeform = word;
          options = {
            AllowUsers = mkOption {
              type = types.nullOr (types.listOf types.str);
              default = null;
            };
            Ciphers = mkOption {
              type = types.nullOr (types.listOf types.str);
              default = null;
            };
            KexAlgorithms = mkOption {
              type = types.nullOr (types.listOf types.str);
              default = null;
            };
            Macs = mkOption {
              type = types.nullOr (types.listOf types.str);
              default = null;
            };
            GatewayPorts = mkOption {
              type = types.nullOr types.str;
              default = "no";
            };
            KbdInteractiveAuthentication = mkOption {
              type = types.nullOr types.bool;
              default = true;
            };
            PasswordAuthentication = mkOption {
              type = types.nullOr types.bool;
              default = true;
            };
            PermitRootLogin = mkOption {
              type = types.nullOr (
                types.enum [
                  "yes"
                  "without-password"
                  "prohibit-password"
                  "forced-commands-only"
                  "no"
                ]
              );
              default = "prohibit-password";
            };
            UseDns = mkOption {
              type = types.nullOr types.bool;
              default = false;
            };
            UsePAM = mkOption {
              type = types.nullOr types.bool;
              default = true;
            };
            X11Forwarding = mkOption {
              type = types.nullOr types.bool;
              default = false;
            };
          };
        };
        default = { };
      };
    };
    security = {
      sudo = {
        enable = switch true;
        package = mkOption {
          type = types.package;
          default = pkgs.sudo;
        };
        extraRules = mkOption {
          type = types.listOf (
            types.submodule {
              options = {
                users = mkOption {
                  type = types.listOf types.str;
                  default = [ ];
                };
                runAs = mkOption {
                  type = types.str;
                  default = "ALL:ALL";
                };
                commands = mkOption { type = types.listOf types.anything; };
              };
            }
          );
          default = [ ];
        };
      };
      sudo-rs.enable = switch false;
    };
    users = {
      mutableUsers = switch true;
      allowNoPasswordLogin = switch false;
      groups = mkOption {
        type = types.attrsOf (types.submodule { options = { }; });
        default = { };
      };
      users = mkOption {
        type = types.attrsOf (
          types.submodule {
            options = {
              enable = switch true;
              isNormalUser = switch false;
              isSystemUser = switch false;
              group = mkOption {
                type = types.str;
                default = "";
              };
              home = mkOption {
                type = types.path;
                default = "/var/empty";
              };
              homeMode = mkOption {
                type = types.strMatching "[0-7]{1,5}";
                default = "700";
              };
              createHome = switch false;
              useDefaultShell = switch false;
              shell = mkOption {
                type = types.nullOr (types.either types.package types.path);
                default = pkgs.shadow;
              };
              autoSubUidGidRange = switch false;
              openssh.authorizedKeys.keys = mkOption {
                type = types.listOf types.singleLineStr;
                default = [ ];
              };
            };
          }
        );
        default = { };
      };
    };
  };
  config.assertions = builtins.concatMap (
    name:
    let
      user = config.users.users.${name};
    in
    if !user.enable then
      [ ]
    else
      [
        {
          assertion = user.isNormalUser != user.isSystemUser;
          message = "Exactly one of users.users.${name}.isSystemUser and users.users.${name}.isNormalUser must be set.";
        }
        {
          assertion = user.group != "" && config.users.groups ? ${user.group};
          message = "users.users.${name}.group is unset or no group.";
        }
      ]
  ) (builtins.attrNames config.users.users);
}
