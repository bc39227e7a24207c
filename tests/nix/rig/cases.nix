# Sentences that must be true of the module in the real module system: name -> true, or what was found instead.
{ rig }:
let
  lib = import (rig + "/nixpkgs.lib/lib");
  evaluate = import ./eval.nix { inherit rig; };
  example = import ../example.nix;
  c = (evaluate { imports = [ example ]; }).config;
  v = c.services.odoo-box.values;
  failed =
    settings:
    map (one: one.message) (
      builtins.filter (one: !one.assertion) (evaluate settings).config.assertions
    );
  equals = expected: found: if expected == found then true else { inherit expected found; };
  refuses =
    settings:
    !(builtins.tryEval (
      builtins.deepSeq (failed settings) (builtins.deepSeq (look (evaluate settings).config) null)
    )).success;
  look = config: {
    inherit (config.services.postgresql) settings authentication identMap;
    sshd = config.services.openssh.settings;
    # A host that rejects TLS has no certificate.
    nginx = builtins.mapAttrs (
      _: host:
      if host.rejectSSL then
        removeAttrs host [
          "sslCertificate"
          "sslCertificateKey"
        ]
      else
        host
    ) config.services.nginx.virtualHosts;
    box = removeAttrs config.services.odoo-box [
      "pgadminEnvironment"
      "odoo"
      "pgadmin"
    ];
    units = builtins.mapAttrs (_: unit: unit.serviceConfig) config.systemd.services;
  };
  nginxConf = c.environment.etc."nginx/nginx.conf".source.text;
  has = text: lib.hasInfix text nginxConf;
  times = text: builtins.length (lib.splitString text nginxConf) - 1;
in
{
  "In the real module system the example evaluates, and every assertion holds" =
    builtins.deepSeq (look c)
      (equals [ ] (failed example));
  "In the real module system the test profile evaluates, and every assertion holds" =
    let
      p = {
        imports = [ ../../../nixos/guest/profile.nix ];
      };
    in
    builtins.deepSeq (look (evaluate p).config) (equals [ ] (failed p));
  "With nixpkgs' own PostgreSQL options listen_addresses is empty" =
    equals "" c.services.postgresql.settings.listen_addresses;
  "With nixpkgs' own PostgreSQL options pg_hba.conf is the policy's, whole" =
    equals v.postgresql.authentication c.services.postgresql.authentication;
  "With nixpkgs' own PostgreSQL options every setting is the policy's" =
    equals v.postgresql.settings (
      builtins.intersectAttrs v.postgresql.settings c.services.postgresql.settings
    );
  "With nixpkgs' own PostgreSQL options two settings are nixpkgs'" =
    equals [ "hba_file" "ident_file" ]
      (
        builtins.attrNames (
          removeAttrs (lib.filterAttrs (_: value: value != null) c.services.postgresql.settings) (
            builtins.attrNames v.postgresql.settings
          )
        )
      );
  "With nixpkgs' own sshd options whom an integrator lets in is let in beside the box's own people" =
    equals [ "admin" "kim" ]
      (lib.naturalSort
        (evaluate {
          imports = [ example ];
          services.openssh.settings.AllowUsers = [ "kim" ];
        }).config.services.openssh.settings.AllowUsers
      );
  "In the real module system a test guest is made of an own box" =
    let
      own = evaluate {
        imports = [ example ];
        services.odoo-box.handymen.lee.authorizedKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1example lee" ];
        swapDevices = [ { device = "/dev/vdb"; } ];
        fileSystems."/".fsType = "xfs";
        users.mutableUsers = true;
      };
      tested = own.extendModules { modules = [ (import ../../../nixos/guest/tested.nix own.config) ]; };
    in
    builtins.deepSeq (look tested.config) (equals
      {
        handymen = [ "lee" ];
        keys = [ ];
        swap = [ ];
        mutable = false;
      }
      {
        handymen = builtins.attrNames tested.config.services.odoo-box.handymen;
        keys = tested.config.services.odoo-box.handymen.lee.authorizedKeys;
        swap = tested.config.swapDevices;
        mutable = tested.config.users.mutableUsers;
      }
    );
  "In the real module system an own box may refer to secrets that only the real machine can open" =
    let
      tested =
        byUnits:
        let
          own = evaluate {
            imports = [
              example
              (import ../secrets.nix { inherit byUnits; })
            ];
          };
        in
        (own.extendModules { modules = [ (import ../../../nixos/guest/tested.nix own.config) ]; }).config;
      byScripts = tested false;
      byUnits = tested true;
      commands = map (name: byUnits.systemd.services.${name}.serviceConfig.ExecStart) [
        "agenix-install-secrets"
        "sops-install-secrets"
        "sops-install-secrets-for-users"
      ];
    in
    builtins.deepSeq (look byUnits) (builtins.deepSeq (look byScripts) (equals
      {
        path = "/run/secrets/odoo-master-password";
        box = "/etc/odoo-box/odoo-master-password";
        text = "users";
        decrypt = [ ];
      }
      {
        inherit (byScripts.sops.secrets.master) path;
        box = byScripts.services.odoo-box.odoo.masterPasswordFile;
        text = lib.concatMapStrings (script: script.text) (lib.attrValues byScripts.system.activationScripts);
        decrypt = builtins.filter (command: !(lib.hasSuffix "/bin/true" command)) commands;
      }
    ));
  "With nixpkgs' own sshd options every setting is the policy's" = equals v.sshd.settings (
    builtins.intersectAttrs v.sshd.settings c.services.openssh.settings
  );
  "nginx.conf has three servers: one that redirects, the box's, and one for other names, which rejects TLS" =
    equals
      {
        servers = 3;
        rejects = 1;
      }
      {
        servers = times "server {";
        rejects = times "ssl_reject_handshake on";
      };
  "nginx.conf redirects as the policy says" =
    has "return ${toString v.nginx.redirectCode} https://$host$request_uri;";
  "nginx.conf has each location with its directives" =
    let
      missing = builtins.concatMap (
        match:
        let
          l = v.nginx.locations.${match};
        in
        builtins.filter (line: !(has line)) (
          [ "location ${match} {" ]
          ++ map (line: "${line};") l.directives
          ++ lib.optional (l ? proxyPass) "proxy_pass ${l.proxyPass};"
        )
      ) (builtins.attrNames v.nginx.locations);
    in
    equals [ ] missing;
  "nginx.conf sends Host once in each location" = equals (builtins.length (
    builtins.filter (l: l ? proxyPass) (builtins.attrValues v.nginx.locations)
  )) (times "proxy_set_header Host ");
  "nginx.conf defines each variable once" =
    equals
      {
        a = 1;
        b = 1;
      }
      {
        a = times "$connection_upgrade {";
        b = times "$host_port {";
      };
  "nginx.conf has the key as a credential" =
    has "ssl_certificate_key /run/credentials/nginx.service/tls.key;";
  "An unknown option of nginx is refused" = refuses {
    imports = [ example ];
    services.nginx.logErrors = "x";
  };
  "An unknown option of PostgreSQL is refused" = refuses {
    imports = [ example ];
    services.postgresql.enabled = true;
  };
  "A path in the store is refused as a secret" = refuses {
    imports = [ example ];
    services.odoo-box.pgadmin.passwordFile = lib.mkForce ./cases.nix;
  };
  "A missing secret gives its own message" =
    equals
      [ "services.odoo-box.pgadmin.passwordFile is not set: pgAdmin's first web user needs a password." ]
      (failed {
        imports = [ example ];
        services.odoo-box.pgadmin.passwordFile = lib.mkForce null;
      });
}
