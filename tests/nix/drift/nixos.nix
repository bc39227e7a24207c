# What the NixOS flavour sets: item -> value, from nixos/values.nix for the test profile's policy. The values are
# computed with Debian's paths, so that each difference is a difference of the rules. The paths themselves are separate items.
{ text, guest }:
let
  box = guest.config.services.odoo-box;
  values = import ../../../nixos/values.nix {
    policy = import ../../../nixos/policy {
      inherit (box.policy) names settings handymen;
      paths = import ../../../ci/debian-guest/paths.nix;
    };
  };
  under =
    prefix: items:
    builtins.listToAttrs (
      map (name: {
        name = "${prefix}/${name}";
        value = items.${name};
      }) (builtins.attrNames items)
    );
  toList = value: if builtins.isList value then value else [ value ];
  yesNo = value: if builtins.isBool value then (if value then "yes" else "no") else toString value;
  python =
    value: if builtins.isBool value then (if value then "True" else "False") else builtins.toJSON value;
  # Store paths without their hashes.
  bare =
    value:
    if builtins.isList value then
      map bare value
    else
      builtins.concatStringsSep "/nix/store/" (
        builtins.filter builtins.isString (builtins.split "/nix/store/[a-z0-9]{32}-" (toString value))
      );

  # An empty list only removes nixpkgs' value: no line is written.
  written =
    attrs: removeAttrs attrs (builtins.filter (name: attrs.${name} == [ ]) (builtins.attrNames attrs));
  directives = attrs: builtins.mapAttrs (_: value: map yesNo (toList value)) (written attrs);
  relation =
    name:
    {
      after = "After";
      bindsTo = "BindsTo";
      conflicts = "Conflicts";
      onFailure = "OnFailure";
      onSuccess = "OnSuccess";
      requires = "Requires";
    }
    .${name};
  common =
    unit:
    {
      "Unit/Description" = [ unit.description ];
    }
    // (if unit.wantedBy == [ ] then { } else { "Install/WantedBy" = unit.wantedBy; })
    // builtins.listToAttrs (
      map (name: {
        name = "Unit/${relation name}";
        value = unit.relations.${name};
      }) (builtins.attrNames unit.relations)
    )
    // under "Unit" (directives unit.unitConfig);
  service = unit: common unit // under "Service" (directives unit.serviceConfig);
  socket =
    unit:
    common unit
    // under "Socket" (directives (unit.socketConfig // { ListenStream = unit.listenStreams; }));
  timer = unit: common unit // under "Timer" (directives unit.timerConfig);
  wanted =
    kind: units:
    map (name: "${name}.${kind}") (
      builtins.filter (name: units.${name}.wantedBy != [ ]) (builtins.attrNames units)
    );
  units = suffix: f: builtins.foldl' (all: name: all // under "unit/${name}${suffix}" (f name)) { };

  # --- nginx: the text that nixpkgs' module writes for these values
  web = values.nginx;
  one =
    line:
    let
      found = builtins.match "([^ ]+) ?(.*)" line;
    in
    {
      name = builtins.head found;
      value = builtins.elemAt found 1;
    };
  list = lines: text.group (map one lines);
  listen =
    port: options:
    let
      more = if options == "" then "" else " ${options}";
    in
    [
      "listen ${toString port}${more}"
      "listen [::]:${toString port}${more}"
    ];
  location =
    server: match: l:
    under "http/server ${toString server}/location ${match}" (
      list (
        l.directives ++ (if l ? return then [ "return ${l.return}" ] else [ "proxy_pass ${l.proxyPass}" ])
      )
    );
  hosts =
    let
      rest = builtins.filter (name: name != box.policy.nginx.serverName) (builtins.attrNames web.hosts);
    in
    [ box.policy.nginx.serverName ] ++ rest;
  host =
    at: name:
    under "http/server ${toString (2 * at + 2)}" (
      list (listen web.httpPort "" ++ [ "server_name ${name}" ])
      // {
        "location //return" = [ "${toString web.redirectCode} https://$host$request_uri" ];
      }
    )
    // under "http/server ${toString (2 * at + 3)}" (
      list (
        listen web.httpsPort "ssl"
        ++ [
          "http2 on"
          "server_name ${name}"
          "ssl_certificate ${web.certificate}"
          "ssl_certificate_key ${web.key}"
        ]
        ++ web.hosts.${name}
      )
    )
    // builtins.foldl' (all: match: all // location (2 * at + 3) match web.locations.${match}) { } (
      builtins.attrNames web.locations
    );
  quoted = pattern: if pattern == "''" then pattern else "\"${pattern}\"";
  map' =
    variable: from:
    under "http/map ${from.source} \$${variable}" (
      builtins.mapAttrs (_: toList) (
        builtins.listToAttrs (
          map (pattern: {
            name = quoted pattern;
            value = from.cases.${pattern};
          }) (builtins.attrNames from.cases)
        )
        // {
          default = from.default;
        }
      )
    );
  # nixpkgs' module always writes this map.
  connectionUpgrade = {
    source = "$http_upgrade";
    default = "upgrade";
    cases."''" = "close";
  };
  maps = web.maps // {
    connection_upgrade = connectionUpgrade;
  };
  nginx =
    under "http" (
      list (
        web.httpDirectives
        ++ [
          "server_tokens ${if web.serverTokens then "on" else "off"}"
          "client_max_body_size ${web.clientMaxBodySize}"
          "ssl_protocols ${web.protocols}"
          "ssl_ciphers ${web.ciphers}"
        ]
      )
    )
    // under "http/server 1" (
      list (
        listen web.httpsPort "ssl default_server"
        ++ listen web.httpPort "default_server"
        ++ [
          "server_name _"
          "ssl_reject_handshake on"
          "return ${web.otherNames}"
        ]
      )
    )
    # In the order of Debian's file. Only the name decides which host answers, so the order has no effect.
    // builtins.foldl' (all: at: all // host at (builtins.elemAt hosts at)) { } (
      builtins.genList (at: at) (builtins.length hosts)
    )
    // builtins.foldl' (all: variable: all // map' variable maps.${variable}) { } (
      builtins.attrNames maps
    );

  # Converts the options' spelling to OpenSSH's.
  sshKey =
    key:
    {
      UseDns = "UseDNS";
      Macs = "MACs";
    }
    .${key} or key;
  # sshd takes the names of users in one line with blanks, and all other lists with commas.
  sshList = key: builtins.concatStringsSep (if key == "AllowUsers" then " " else ",");
in
{
  items =
    units ".service" (name: service values.services.${name}) (builtins.attrNames values.services)
    // units ".socket" (name: socket values.sockets.${name}) (builtins.attrNames values.sockets)
    // units ".timer" (name: timer values.timers.${name}) (builtins.attrNames values.timers)
    // under "postgresql.conf" (builtins.mapAttrs (_: toString) values.postgresql.settings)
    // {
      "pg_hba.conf" = map text.words (text.statements values.postgresql.authentication);
      "pg_ident.conf" = text.statements values.postgresql.identMap;
      "pgadmin/servers.json" = builtins.fromJSON values.pgadmin.servers;
      "pgadmin/pg_service.conf" = text.statements values.pgadmin.service;
      sudoers = map (
        rule:
        [
          (builtins.head rule.users)
          "ALL=(${rule.runAs})"
        ]
        ++ builtins.concatMap (
          command: map (option: "${option}:") command.options ++ [ command.command ]
        ) rule.commands
      ) values.sudo;
      tmpfiles = map (d: [
        "d"
        d.path
        d.mode
        d.user
        d.user
        "-"
        "-"
      ]) values.system.directories;
      inherit (values.system) maskedGenerators protocolsOnDemand;
      sysctl = builtins.mapAttrs (_: toString) values.system.sysctl;
      filter = text.statements values.system.filter;
      enabled = builtins.sort builtins.lessThan (
        wanted "service" values.services ++ wanted "socket" values.sockets ++ wanted "timer" values.timers
      );
      "roles.sql" = builtins.hashFile "sha256" ../../../nixos/policy/roles.sql;
      backup =
        map
          (
            name:
            builtins.hashFile "sha256" guest.config.environment.etc."odoo-box/backup/${name}".source
          )
          [
            "common"
            "backup"
            "restore"
          ];
      initdb = [
        "-D"
        "-U"
      ]
      ++ values.postgresql.initdbArguments;
      inherit (values) firewall;
      inherit (values.users) homeMode;
    }
    // under "odoo.conf" (
      builtins.mapAttrs (
        _: value: if builtins.isBool value then python value else toString value
      ) values.odoo.settings
    )
    // under "pgadmin/config_system.py" (builtins.mapAttrs (_: python) values.pgadmin.settings)
    // under "nginx.conf" nginx
    // under "sshd" (
      builtins.listToAttrs (
        map (key: {
          name = sshKey key;
          value = [
            (
              let
                value = values.sshd.settings.${key};
              in
              if builtins.isList value then sshList key value else yesNo value
            )
          ];
        }) (builtins.attrNames values.sshd.settings)
      )
      // {
        Port = map toString values.sshd.ports;
        # The value that nixpkgs' module writes if sshd does not look into home folders.
        AuthorizedKeysFile =
          if guest.config.services.openssh.authorizedKeysInHomedir then
            [ "homes" ]
          else
            [ "/etc/ssh/authorized_keys.d/%u" ];
        matches = text.statements guest.config.services.openssh.extraConfig;
      }
    )
    // under "resolved" (under "Resolve" (directives values.system.resolved))
    // under "user" values.users.services
    // under "person" values.users.people
    // under "name" box.policy.names
    // under "setting" box.policy.settings
    // under "handyman" box.policy.handymen
    // under "path" (builtins.mapAttrs (_: bare) box.policy.paths);
}
