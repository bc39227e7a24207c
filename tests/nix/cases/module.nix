# Sentences that must be true of the module, evaluated in the stand-in for nixpkgs.
{
  lib,
  evaluate,
  profile,
  otherNames,
  example,
  equals,
  allAre,
  contains,
}:
let
  c = profile.config;
  box = c.services.odoo-box;
  v = box.values;
  services = c.systemd.services;
  renamed =
    (evaluate {
      imports = [ example ];
      services.odoo-box.names = {
        admin = "dbadmin";
        odoo = "erp";
        pgadmin = "pgweb";
        handymanGroup = "fixers";
        odooDatabase = "Odoo-Martel.14";
        pgadminDatabase = "pgweb-state";
      };
    }).config;
  e = (evaluate example).config;
  acme =
    (evaluate {
      imports = [ example ];
      services.odoo-box.tls = {
        acme = true;
        certificateFile = lib.mkForce null;
        keyFile = lib.mkForce null;
      };
    }).config;
  vhost = c.services.nginx.virtualHosts.odoo-host;
  setups = [
    "odoo-box-cluster"
    "odoo-box-databases"
    "odoo-box-odoo"
    "odoo-box-pgadmin"
  ];
  same =
    found: wanted: allAre (key: (found.${key} or null) == wanted.${key}) (builtins.attrNames wanted);
in
{
  "Every directive of the policy is what the unit gets, whatever nixpkgs' module says" = allAre (
    name: same services.${name}.serviceConfig v.services.${name}.serviceConfig == true
  ) (builtins.attrNames v.services);
  "Every unit's start limit is the policy's" = allAre (
    name: same services.${name}.unitConfig v.services.${name}.unitConfig == true
  ) (builtins.attrNames v.services);
  "Beside the policy's, units keep these directives of nixpkgs'" =
    equals
      {
        nginx = [
          "ExecReload"
          "ExecStart"
          "RestartSec"
        ];
        odoo = [ ];
        odoo-box-backup-cold = [ ];
        odoo-box-filter = [ ];
        odoo-box-handymen = [ ];
        odoo-box-backup-hot = [ ];
        "odoo-box-restore@" = [ ];
        pgadmin = [ "MountAPIVFS" ];
        postgresql = [ "DevicePolicy" ];
        qemu-guest-agent = [ "RestartSec" ];
      }
      (
        builtins.mapAttrs (
          name: unit:
          builtins.attrNames (
            removeAttrs services.${name}.serviceConfig (builtins.attrNames unit.serviceConfig)
          )
        ) v.services
      );
  "The socket is the policy's" =
    same c.systemd.sockets.pgadmin.socketConfig v.sockets.pgadmin.socketConfig;
  "PostgreSQL's settings are the policy's" =
    same c.services.postgresql.settings v.postgresql.settings;
  "PostgreSQL listens on no address" = equals "" c.services.postgresql.settings.listen_addresses;
  "pg_hba.conf is the policy's, whole" =
    equals v.postgresql.authentication c.services.postgresql.authentication;
  "There is no ident map" = equals "" c.services.postgresql.identMap;
  "No module asks nixpkgs for a database or a user" =
    equals
      {
        d = [ ];
        u = [ ];
      }
      {
        d = c.services.postgresql.ensureDatabases;
        u = c.services.postgresql.ensureUsers;
      };
  "sshd's settings are the policy's" = same c.services.openssh.settings v.sshd.settings;
  "sshd reads keys of the configuration only" =
    equals false c.services.openssh.authorizedKeysInHomedir;
  "Odoo's settings are the policy's" = same c.services.odoo.settings.options v.odoo.settings;
  "Odoo's master password is in no file of the store" =
    !(contains "admin_passwd" (builtins.toJSON c.services.odoo.settings));
  "pgAdmin's settings are the policy's" = same c.services.pgadmin.settings v.pgadmin.settings;
  "nixpkgs' own set-up of pgAdmin is off" = equals "" services.pgadmin.preStart;
  "nginx redirects plain HTTP and serves TLS" = vhost.forceSSL && !vhost.default;
  "nginx answers other names with nothing" =
    equals
      {
        default = true;
        reject = true;
        text = "return 444;\n";
      }
      {
        inherit (c.services.nginx.virtualHosts."_") default;
        reject = c.services.nginx.virtualHosts."_".rejectSSL;
        text = c.services.nginx.virtualHosts."_".extraConfig;
      };
  "nginx' suites are the policy's, and not nixpkgs'" =
    equals (builtins.concatStringsSep ":" box.policy.nginx.tls.ciphers) c.services.nginx.sslCiphers;
  "What sshd says of the admin stands at the end" =
    equals "Match User admin\n  PermitOpen any\n" c.services.openssh.extraConfig;
  "The kernel's settings are the policy's" = same c.boot.kernel.sysctl v.system.sysctl;
  "Roles and handymen are put right after Odoo's and pgAdmin's tables were made" =
    builtins.elem "odoo-box-odoo.service" services.odoo-box-handymen.after
    && builtins.elem "odoo-box-pgadmin.service" services.odoo-box-handymen.after
    && builtins.elem "postgresql.target" services.odoo-box-handymen.requires;
  "nginx writes its errors to the journal" = equals "stderr" c.services.nginx.logError;
  "Each location's headers are the policy's" = allAre (
    match:
    allAre (
      line: contains "${line};\n" vhost.locations.${match}.extraConfig
    ) v.nginx.locations.${match}.directives == true
  ) (builtins.attrNames v.nginx.locations);
  "The key of the certificate is a credential" = equals "/run/credentials/nginx.service/tls.key" (
    toString vhost.sslCertificateKey
  );
  "With ACME nginx has no credentials" =
    !(acme.systemd.services.nginx.serviceConfig ? LoadCredential);
  "The generator that opens a second door to sshd is masked" =
    equals "/dev/null" c.systemd.generators.systemd-ssh-generator;
  "The firewall opens SSH and the web" = equals [ 22 80 443 ] c.networking.firewall.allowedTCPPorts;

  "Odoo and pgAdmin wait for the target, and so for the roles" =
    allAre
      (
        name:
        builtins.elem "postgresql.target" services.${name}.after
        && builtins.elem "postgresql.target" services.${name}.requires
      )
      [
        "odoo"
        "pgadmin"
        "odoo-box-odoo"
        "odoo-box-pgadmin"
      ];
  "The roles are made before the target is reached" = equals {
    before = [ "postgresql.target" ];
    requiredBy = [ "postgresql.target" ];
  } { inherit (services.odoo-box-databases) before requiredBy; };
  "The cluster is made before PostgreSQL starts, and only once" =
    equals [ "postgresql.service" ] services.odoo-box-cluster.before == true
    && contains "PG_VERSION" services.odoo-box-cluster.unitConfig.ConditionPathExists;
  "The set-up units have no limit of time, and end" = allAre (
    name:
    services.${name}.serviceConfig.TimeoutStartSec == "infinity"
    && services.${name}.serviceConfig.Type == "oneshot"
  ) setups;
  "The set-up units have the walls of their services" =
    allAre
      (
        pair:
        same services.${builtins.head pair}.serviceConfig box.policy.hardening.${builtins.elemAt pair 1}
        == true
      )
      [
        [
          "odoo-box-cluster"
          "postgresql"
        ]
        [
          "odoo-box-databases"
          "postgresql"
        ]
        [
          "odoo-box-odoo"
          "odoo"
        ]
        [
          "odoo-box-pgadmin"
          "pgadmin"
        ]
      ];
  "A set-up unit that is stopped leaves the service's folder" = allAre (
    name: services.${name}.serviceConfig.RuntimeDirectoryPreserve
  ) setups;
  "The shell text of the set-up units is checked when it is built" = allAre (
    name: services.${name}.enableStrictShellChecks
  ) setups;
  "pgAdmin's server is not given the first password" =
    equals [ ]
      services.pgadmin.serviceConfig.LoadCredential;
  "No secret is in a unit's text" = allAre (
    name: !(contains "PRIVATE KEY" (builtins.toJSON services.${name}.serviceConfig))
  ) (builtins.attrNames services);

  "Service accounts have no login shell" =
    allAre
      (
        name:
        builtins.match "/nix/store/.*-shadow/bin/nologin" (toString c.users.users.${name}.shell) != null
        && c.users.users.${name}.isSystemUser
      )
      [
        "postgres"
        "odoo"
        "pgadmin"
      ];
  "People have a group of their own, a closed home and no sub-ids" =
    allAre
      (
        name:
        let
          u = c.users.users.${name};
        in
        u.group == name && u.homeMode == "0700" && !u.autoSubUidGidRange && u.isNormalUser
      )
      [
        "admin"
        "jane"
      ];
  "A file of keys is copied, for sshd refuses one in the store" =
    equals "0444"
      c.environment.etc."ssh/authorized_keys.d/jane".mode;
  "sudo has one rule of ours, the admin's" = equals [ [ "admin" ] ] (
    map (rule: rule.users) c.security.sudo.extraRules
  );

  "A box has no guest agent unless it is made to be tested" =
    equals
      {
        real = false;
        tested = true;
      }
      {
        real = e.services.qemuGuest.enable;
        tested = c.services.qemuGuest.enable;
      };
  "An admin may be called jane where no handyman is" =
    equals "jane"
      (evaluate {
        imports = [ example ];
        services.odoo-box.names.admin = "jane";
      }).config.services.odoo-box.policy.names.admin;
  "An integrator's own nftables, table by table, stands beside the box's filter, which is loaded behind it" =
    let
      own =
        (evaluate {
          imports = [ example ];
          networking.nftables.enable = true;
        }).config;
    in
    equals
      {
        after = [
          "local-fs.target"
          "nftables.service"
        ];
        alone = [ "local-fs.target" ];
        refused = [ ];
      }
      {
        after = builtins.sort builtins.lessThan own.systemd.services.odoo-box-filter.after;
        alone = e.systemd.services.odoo-box-filter.after;
        refused = builtins.filter (one: !one.assertion) own.assertions;
      };
  "Whom an integrator lets in is let in beside the box's own people" =
    let
      allowed =
        (evaluate {
          imports = [ example ];
          services.openssh.settings.AllowUsers = [ "kim" ];
        }).config.services.openssh.settings.AllowUsers;
    in
    builtins.sort builtins.lessThan allowed == [
      "admin"
      "kim"
    ];
  "Without handymen there is the admin only" = equals [
    "admin"
  ] e.services.openssh.settings.AllowUsers;
  "With other names the fixed accounts of nixpkgs are off" =
    equals
      {
        odoo = false;
        pgadmin = false;
      }
      {
        odoo = renamed.users.users.odoo.enable;
        pgadmin = renamed.users.users.pgadmin.enable;
      };
  "With other names the units run as them" =
    equals
      {
        o = "erp";
        p = "pgweb";
      }
      {
        o = renamed.systemd.services.odoo.serviceConfig.User;
        p = renamed.systemd.services.pgadmin.serviceConfig.User;
      };
  "Nothing that the configuration puts below /etc is anybody's but root's" =
    let
      isRoots =
        file:
        file.mode == "symlink"
        || (
          builtins.elem file.user [
            "root"
            "+0"
          ]
          && builtins.elem file.group [
            "root"
            "+0"
          ]
        );
    in
    allAre (etc: allAre (name: isRoots etc.${name}) (builtins.attrNames etc) == true) [
      c.environment.etc
      renamed.environment.etc
      e.environment.etc
    ];
  "The name service daemon's folder is there before any service, and stays: else the walls in front of it would fall" =
    equals
      {
        folder = {
          mode = "0755";
          user = "nscd";
          group = "nscd";
        };
        stays = true;
        without = [ ];
      }
      {
        folder = c.systemd.tmpfiles.settings."11-odoo-box-nscd"."/run/nscd".d;
        stays = services.nscd.serviceConfig.RuntimeDirectoryPreserve or false;
        without =
          let
            off =
              (evaluate {
                imports = [ example ];
                services.nscd.enable = false;
              }).config.systemd;
          in
          builtins.filter (name: name == "nscd") (builtins.attrNames off.services)
          ++ builtins.attrNames (off.tmpfiles.settings."11-odoo-box-nscd" or { });
      };
  "With other names the set-up speaks of them" =
    contains "odoo_db='Odoo-Martel.14'" renamed.systemd.services.odoo-box-databases.script;
  "A setting of Odoo that the policy has not can be added" =
    equals "mail.example.org"
      (evaluate {
        imports = [ example ];
        services.odoo.settings.options.smtp_server = "mail.example.org";
      }).config.services.odoo.settings.options.smtp_server;
  "A setting of Odoo that the policy has cannot be changed unnoticed" =
    equals false
      (evaluate {
        imports = [ example ];
        services.odoo.settings.options.list_db = true;
      }).config.services.odoo.settings.options.list_db;
  "The workers reach Odoo" =
    equals 7
      (evaluate {
        imports = [ example ];
        services.odoo-box.odoo.workers = 7;
      }).config.services.odoo.settings.options.workers;
  "A box that is not enabled sets nothing" =
    let
      off = (evaluate { }).config;
    in
    equals
      {
        s = { };
        u = { };
        n = false;
      }
      {
        s = off.systemd.services;
        u = off.users.users;
        n = off.services.nginx.enable;
      };
  "Every option has a description, and each but the internal ones an example" =
    let
      walk =
        path: options:
        builtins.concatMap (
          name:
          let
            o = options.${name};
            here = path ++ [ name ];
          in
          if o._type or "" == "option" then
            (
              if
                !(o ? description)
                || (
                  !(o.internal or false)
                  && !(o ? example)
                  && !(
                    o ? default
                    && builtins.elem (o.type.name) [
                      "boolean"
                      "package"
                    ]
                  )
                )
              then
                [ (builtins.concatStringsSep "." here) ]
              else
                [ ]
            )
          else
            walk here o
        ) (builtins.attrNames options);
    in
    equals [ ] (walk [ ] profile.options.services.odoo-box);
}
