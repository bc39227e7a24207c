{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.nginx;
  switch =
    default:
    mkOption {
      type = types.bool;
      inherit default;
    };
  text = mkOption {
    type = types.lines;
    default = "";
  };
  optional = mkOption {
    type = types.nullOr types.str;
    default = null;
  };
in
{
  options.services.nginx = {
    enable = switch false;
    package = mkOption {
      type = types.package;
      default = pkgs.nginxStable;
    };
    serverTokens = switch false;
    recommendedProxySettings = switch false;
    clientMaxBodySize = mkOption {
      type = types.str;
      default = "10m";
    };
    sslProtocols = mkOption {
      type = types.str;
      default = "TLSv1.2 TLSv1.3";
    };
    sslCiphers = mkOption {
      type = types.nullOr types.str;
      default = "nixpkgs' own";
    };
    logError = mkOption {
      type = types.str;
      default = "stderr";
    };
    commonHttpConfig = text;
    defaultHTTPListenPort = mkOption {
      type = types.port;
      default = 80;
    };
    defaultSSLListenPort = mkOption {
      type = types.port;
      default = 443;
    };
    virtualHosts = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            default = switch false;
            forceSSL = switch false;
            rejectSSL = switch false;
            enableACME = switch false;
            http2 = switch true;
            redirectCode = mkOption {
              type = types.ints.between 300 399;
              default = 301;
            };
            # Not evaluated for a server without a certificate.
            sslCertificate = mkOption {
              type = types.path;
              default = "/none";
            };
            sslCertificateKey = mkOption {
              type = types.path;
              default = "/none";
            };
            extraConfig = text;
            locations = mkOption {
              type = types.attrsOf (
                types.submodule {
                  options = {
                    proxyPass = optional;
                    return = optional;
                    extraConfig = text;
                  };
                }
              );
              default = { };
            };
          };
        }
      );
    };
  };
  config = lib.mkIf cfg.enable {
    users.users.nginx = {
      isSystemUser = true;
      group = "nginx";
    };
    users.groups.nginx = { };
    systemd.services.nginx = {
      description = "Nginx Web Server";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      unitConfig.StartLimitIntervalSec = "60";
      serviceConfig = {
        AmbientCapabilities = [
          "CAP_NET_BIND_SERVICE"
          "CAP_SYS_RESOURCE"
        ];
        CapabilityBoundingSet = [
          "CAP_NET_BIND_SERVICE"
          "CAP_SYS_RESOURCE"
        ];
        ExecReload = [
          "nginx -t"
          "kill -HUP $MAINPID"
        ];
        ExecStart = "${cfg.package}/bin/nginx -c /nix/store/00000000000000000000000000000000-nginx.conf";
        Restart = "always";
        RestartSec = "10s";
        RestrictAddressFamilies = [
          "AF_UNIX"
          "AF_INET"
          "AF_INET6"
        ];
        SystemCallFilter = [ "~@cpu-emulation @debug @keyring @mount @obsolete @privileged @setuid" ];
        UMask = "0027";
        User = "nginx";
      };
    };
  };
}
