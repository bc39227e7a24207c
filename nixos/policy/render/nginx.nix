# The complete nginx.conf.
{ lib, policy }:
let
  inherit (policy) nginx paths;
  lines = builtins.concatStringsSep "";
  directives = indent: attrs: lines (map (directive: "${indent}${directive};\n") (lib.directives attrs));
  map' = variable: m: ''
      map ${m.source} ''$${variable} {
        default ${m.default};
    ${lines (lib.mapAttrsToList (pattern: v: "    ${quotePattern pattern} ${v};\n") m.cases)}  }
  '';
  # A pattern with braces or spaces would end early without quotes.
  quotePattern = p: if p == "''" then p else lib.quoted p;
  location =
    match: l:
    "    location ${match} {\n"
    + (
      if l ? return then
        "      return ${l.return};\n"
      else
        lines (lib.mapAttrsToList (key: v: "      proxy_set_header ${key} ${v};\n") l.headers)
        + directives "      " (l.extra or { })
        + "      proxy_pass ${l.proxyPass};\n"
    )
    + "    }\n";
  listen =
    port: options:
    let
      more = if options == "" then "" else " ${options}";
    in
    "    listen ${toString port}${more};\n    listen [::]:${toString port}${more};\n";
  # Two servers for each name: one redirects, one serves.
  host =
    one:
    "  server {\n"
    + listen nginx.httpPort ""
    + "    server_name ${one.name};\n    location / {\n      return ${nginx.redirect};\n    }\n  }\n"
    + "  server {\n"
    + listen nginx.httpsPort "ssl"
    + "    http2 on;\n    server_name ${one.name};\n"
    + "    ssl_certificate ${nginx.tls.certificate};\n    ssl_certificate_key ${nginx.tls.key};\n"
    + directives "    " (nginx.server // one.directives)
    + lines (lib.mapAttrsToList location nginx.locations)
    + "  }\n";
  temporary = lines (
    map (kind: "  ${kind}_temp_path /var/cache/nginx/${kind};\n") [ "proxy" "fastcgi" "uwsgi" "scgi" ]
  );
in
''
  # Rendered from the Odoo Box policy.
  daemon off;
  pid /run/nginx/nginx.pid;
  worker_processes 1;
  error_log stderr;
  events { worker_connections 512; }
  http {
    include ${paths.nginxMimeTypes};
    default_type application/octet-stream;
''
+ directives "  " nginx.http
+ "  ssl_protocols ${builtins.concatStringsSep " " nginx.tls.protocols};\n"
+ "  ssl_ciphers ${builtins.concatStringsSep ":" nginx.tls.ciphers};\n"
+ "  client_body_temp_path /var/cache/nginx/body;\n"
+ temporary
+ lines (lib.mapAttrsToList map' nginx.maps)
+ "  server {\n"
+ listen nginx.httpsPort "ssl default_server"
+ listen nginx.httpPort "default_server"
+ "    server_name _;\n    ssl_reject_handshake on;\n    return ${nginx.otherNames};\n  }\n"
+ lines (map host nginx.hosts)
+ "}\n"
