# nginx: TLS in front of Odoo and pgAdmin.
{ config, lib, ... }:
let
  cfg = config.services.odoo-box;
  web = cfg.values.nginx;
  lines = lib.concatMapStrings (directive: "${directive};\n");

  # Patterns are quoted, because one with braces or spaces would end early; '' is nginx's own empty text.
  case = pattern: value: "  ${if pattern == "''" then pattern else "\"${pattern}\""} ${value};\n";
  map' = variable: from: ''
    map ${from.source} ''$${variable} {
      default ${from.default};
    ${lib.concatStrings (lib.mapAttrsToList case from.cases)}}
  '';
in
{
  config = lib.mkIf cfg.enable {
    services.nginx = {
      enable = true;
      inherit (web) serverTokens clientMaxBodySize;
      defaultHTTPListenPort = web.httpPort;
      defaultSSLListenPort = web.httpsPort;
      sslProtocols = web.protocols;
      sslCiphers = lib.mkForce web.ciphers;
      logError = "stderr";
      # These settings would add a second set of headers to each location, with a Host that lacks the port.
      recommendedProxySettings = false;
      commonHttpConfig = lines web.httpDirectives + lib.concatStrings (lib.mapAttrsToList map' web.maps);

      virtualHosts =
        lib.mapAttrs (_: directives: {
          forceSSL = true;
          enableACME = cfg.tls.acme;
          inherit (web) redirectCode;
          # Credentials of the unit: no file that the web server's user can open contains them. (With ACME nixpkgs ignores these
          # paths and uses its own, and the files belong to nginx's group.)
          sslCertificate = web.certificate;
          sslCertificateKey = web.key;
          extraConfig = lines directives;
          locations = lib.mapAttrs (
            _: location:
            lib.optionalAttrs (location ? proxyPass) {
              inherit (location) proxyPass;
              extraConfig = lines location.directives;
            }
            // lib.optionalAttrs (location ? return) { inherit (location) return; }
          ) web.locations;
        }) web.hosts
        // {
          # Requests for another name, or for none.
          "_" = {
            default = true;
            rejectSSL = true;
            extraConfig = lines [ "return ${web.otherNames}" ];
          };
        };
    };
  };
}
