# nginx: TLS in front of Odoo and pgAdmin; plain HTTP only redirects.
{ names, settings, paths, ... }:
let
  odoo = port: "http://127.0.0.1:${toString port}";
  # nginx inherits proxy_set_header only into locations that have none of their own, so each location has the full set.
  headers = {
    # Host with its port: through a forwarded port pgAdmin compares it with the Referer, and refuses every POST
    # without it. Not $http_host: that is the client's own text, unchecked (gixy, which nixpkgs runs, refuses it).
    Host = "$host$host_port";
    X-Forwarded-Host = "$host$host_port";
    X-Forwarded-For = "$proxy_add_x_forwarded_for";
    X-Forwarded-Proto = "https";
    Upgrade = "$http_upgrade";
    Connection = "$connection_upgrade";
    # pgAdmin takes its place in the URL space from it: a client must not choose it.
    X-Script-Name = "\"\"";
  };
in
{
  inherit (settings) httpPort httpsPort;
  serverName = names.domain;

  # Credentials of the unit, not files of the web server's user.
  tls = {
    certificate = "/run/credentials/nginx.service/tls.crt";
    key = "/run/credentials/nginx.service/tls.key";
    protocols = [ "TLSv1.2" "TLSv1.3" ];
  };

  # Variables by regular expression: source -> variable -> pattern -> value.
  maps = {
    host_port = {
      source = "$http_host";
      cases = { "~(?<p>:[0-9]+)$" = "$p"; };
      default = "''";
    };
    connection_upgrade = {
      source = "$http_upgrade";
      cases = { "''" = "close"; };
      default = "upgrade";
    };
  };

  http = {
    server_tokens = "off";
    access_log = "off";
    client_max_body_size = "${toString settings.uploadLimitMiB}m";
  };
  server = {
    # A redirect keeps the port by which the client came, a forwarded one too.
    absolute_redirect = "off";
    proxy_http_version = "1.1";
    proxy_read_timeout = "600";
  };

  locations = {
    "/" = { proxyPass = odoo settings.odooHttpPort; inherit headers; };
    "/websocket" = { proxyPass = odoo settings.odooGeventPort; inherit headers; };
    "= /pgadmin" = { return = "302 /pgadmin/"; };
    "/pgadmin/" = {
      proxyPass = "http://unix:${paths.pgadminSocket}";
      headers = headers // {
        X-Scheme = "https";
        X-Script-Name = "/pgadmin";
      };
      extra.proxy_redirect = "off";
    };
  };

  # Plain HTTP answers with this and nothing else.
  redirect = "301 https://$host$request_uri";
}
