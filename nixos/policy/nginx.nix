# nginx: TLS in front of Odoo and pgAdmin; plain HTTP only redirects; requests for another name get no answer.
#
# Decisions about Odoo's interfaces for programs:
#   /web/database, /xmlrpc/db, /xmlrpc/2/db   closed here: no database management from outside. (Odoo refuses it, too.)
#   /base_import_module/login_upload          closed here: whoever has a password would upload modules without a session.
#   /xmlrpc, /jsonrpc, /json                  open, because integrations need them; they carry passwords, so each client address
#   has a rate limit
{ names, settings, paths, ... }:
let
  odoo = port: "http://127.0.0.1:${toString port}";
  # nginx inherits proxy_set_header only into locations that have none of their own, so each location has the full set.
  headers = {
    # Host with its port: through a forwarded port pgAdmin compares it with the Referer, and refuses every POST if the port is
    # missing. Not $http_host: that is the client's text, unchecked (gixy, which nixpkgs runs, refuses it).
    Host = "$host$host_port";
    X-Forwarded-Host = "$host$host_port";
    X-Forwarded-For = "$proxy_add_x_forwarded_for";
    X-Forwarded-Proto = "https";
    Upgrade = "$http_upgrade";
    Connection = "$connection_upgrade";
    # pgAdmin takes its URL prefix from this header: a client must not set it.
    X-Script-Name = "\"\"";
  };
  closed = { return = "404"; };
in
{
  inherit (settings) httpPort httpsPort;
  serverName = names.domain;

  # Names that are served, each with its own directives. Tests reach a machine through a forwarded port as localhost: a browser
  # must not store for that name that it is HTTPS only.
  hosts = [
    {
      name = names.domain;
      directives.add_header = "Strict-Transport-Security \"max-age=63072000\" always";
    }
  ]
  ++ (if settings.testMachine then [ { name = "localhost"; directives = { }; } ] else [ ]);

  # Credentials of the unit, not files of the web server's user. Versions, suites and curves are those of Mozilla's intermediate
  # profile, without its three suites of finite-field Diffie-Hellman, and with a post-quantum key exchange first.
  tls = {
    certificate = "/run/credentials/nginx.service/tls.crt";
    key = "/run/credentials/nginx.service/tls.key";
    protocols = [ "TLSv1.2" "TLSv1.3" ];
    ciphers = [
      "ECDHE-ECDSA-AES128-GCM-SHA256"
      "ECDHE-RSA-AES128-GCM-SHA256"
      "ECDHE-ECDSA-AES256-GCM-SHA384"
      "ECDHE-RSA-AES256-GCM-SHA384"
      "ECDHE-ECDSA-CHACHA20-POLY1305"
      "ECDHE-RSA-CHACHA20-POLY1305"
    ];
  };

  # Variables: source -> variable -> pattern -> value.
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
    # The client's address for requests that try a password, otherwise empty: limit_req does not count empty keys. ($uri is the
    # path as the application reads it.) The pages with a form are fetched by everybody, and sent by any method but these two; what
    # only takes a password does so by every method, GET included.
    login_client = {
      source = "$request_method:$uri";
      cases = {
        "~^(?!GET:|HEAD:)[^:]+:/web/(login|signup|reset_password)" = "$binary_remote_addr";
        "~^(?!GET:|HEAD:)[^:]+:/pgadmin/login" = "$binary_remote_addr";
        "~^[^:]+:/web/session/authenticate" = "$binary_remote_addr";
        "~^[^:]+:/pgadmin/authenticate/login" = "$binary_remote_addr";
      };
      default = "''";
    };
    rpc_client = {
      source = "$uri";
      cases = { "~^/(xmlrpc|jsonrpc|json)(/|$)" = "$binary_remote_addr"; };
      default = "''";
    };
  };

  http = {
    server_tokens = "off";
    client_max_body_size = "${toString settings.uploadLimitMiB}m";
    # Without the query: links to set a new password contain their token there.
    log_format = "odoo_box '$remote_addr \"$request_method $uri $server_protocol\" $status $body_bytes_sent \"$http_user_agent\"'";
    limit_req_zone = [
      "$login_client zone=odoo_box_logins:1m rate=${toString settings.loginsPerMinute}r/m"
      "$rpc_client zone=odoo_box_rpc:1m rate=${toString settings.rpcPerSecond}r/s"
    ];
    limit_req_status = "429";
    ssl_ecdh_curve = "X25519MLKEM768:X25519:prime256v1:secp384r1";
    ssl_prefer_server_ciphers = "off";
    ssl_session_cache = "shared:odoo_box:10m";
    ssl_session_timeout = "1d";
    # Ticket keys live as long as the process: an attacker who obtains them can decrypt recorded traffic.
    ssl_session_tickets = "off";
  };
  server = {
    # To the journal, which belongs to root: the web server's user cannot remove a line.
    access_log = "syslog:server=unix:/run/systemd/journal/dev-log,nohostname,tag=nginx odoo_box";
    # A redirect keeps the port that the client used, also a forwarded port.
    absolute_redirect = "off";
    limit_req = [
      "zone=odoo_box_logins burst=${toString settings.loginsAtOnce} nodelay"
      "zone=odoo_box_rpc burst=${toString (settings.rpcPerSecond * 5)} nodelay"
    ];
    # Odoo sets some of its cookies without the knowledge that it is behind TLS.
    proxy_cookie_flags = "~ secure";
    proxy_http_version = "1.1";
    proxy_read_timeout = "600";
  };

  locations = {
    "/" = { proxyPass = odoo settings.odooHttpPort; inherit headers; };
    "/websocket" = { proxyPass = odoo settings.odooGeventPort; inherit headers; };
    "^~ /web/database" = closed;
    "^~ /base_import_module/login_upload" = closed;
    "^~ /xmlrpc/db" = closed;
    "^~ /xmlrpc/2/db" = closed;
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
  # For any other name nginx closes the connection (444 is nginx's own status for it); over TLS the handshake is already refused.
  otherNames = "444";
}
