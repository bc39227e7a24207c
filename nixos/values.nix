# The values that the NixOS flavour sets, as a pure function of the policy and without nixpkgs: the module takes its values from
# here, and tests/nix compares them, item by item, with the Debian reference guest's files.
#
#   policy  the result of ./policy
#   acme    true if nginx's certificate comes from security.acme: then it is no credential
{
  policy,
  acme ? false,
}:
let
  lib = import ./policy/lib.nix;
  inherit (policy) paths settings;
  toList = value: if builtins.isList value then value else [ value ];
  keep =
    names: attrs:
    builtins.intersectAttrs (builtins.listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) names
    )) attrs;

  # --- units
  # [Unit] directives that are separate options in NixOS.
  relations = {
    After = "after";
    BindsTo = "bindsTo";
    Conflicts = "conflicts";
    OnFailure = "onFailure";
    OnSuccess = "onSuccess";
    Requires = "requires";
  };
  unitOf = unit: {
    description = unit.unit.Description;
    relations = builtins.listToAttrs (
      lib.mapAttrsToList (directive: value: {
        name = relations.${directive};
        value = toList value;
      }) (keep (builtins.attrNames relations) unit.unit)
    );
    unitConfig = removeAttrs unit.unit ([ "Description" ] ++ builtins.attrNames relations);
    inherit (unit) wantedBy;
  };
  # Directives that are left to nixpkgs: its module writes nginx.conf, and starts nginx with the file's store path.
  left = {
    nginx = [
      "ExecStart"
      "ExecReload"
    ]
    ++ (if acme then [ "LoadCredential" ] else [ ]);
  };
  # Directives that only undo settings of nixpkgs' modules. A dynamic user may have the name of a static one, but its state is
  # moved below /var/lib/private, which is not the place that the policy closes to others.
  added = {
    odoo.DynamicUser = false;
    pgadmin.DynamicUser = false;
    # The first password is for the unit that creates the database, not for the server.
    pgadmin.LoadCredential = [ ];
  };
  serviceConfig =
    name: unit:
    removeAttrs (lib.disjoint "units.${name} and hardening.${name}" unit.service
      policy.hardening.${name}
    ) (left.${name} or [ ])
    // added.${name} or { };
  services = builtins.mapAttrs (
    name: unit: unitOf unit // { serviceConfig = serviceConfig name unit; }
  ) policy.units.services;

  # The sandbox, the account and the environment of a service, for the oneshot unit that prepares its data.
  setupOf =
    name:
    removeAttrs services.${name}.serviceConfig [
      "DynamicUser"
      "ExecReload"
      "ExecStart"
      "ExecStartPre"
      "KillMode"
      "KillSignal"
      "LoadCredential"
      "OOMScoreAdjust"
      "Restart"
      "TimeoutSec"
      "TimeoutStopSec"
      "Type"
    ]
    // {
      Type = "oneshot";
      RemainAfterExit = true;
      # On an emulated CPU it takes many minutes, and a limit would have no benefit.
      TimeoutStartSec = "infinity";
    };

  # --- nginx
  inherit (lib) directives;
  location =
    l:
    if l ? return then
      {
        inherit (l) return;
        directives = [ ];
      }
    else
      {
        inherit (l) proxyPass;
        directives =
          lib.mapAttrsToList (key: value: "proxy_set_header ${key} ${value}") l.headers
          ++ directives (l.extra or { });
      };
  redirect = builtins.match "([0-9]{3}) https://\\$host\\$request_uri" policy.nginx.redirect;
in
{
  inherit services;
  setups = {
    postgresql = setupOf "postgresql";
    odoo = setupOf "odoo";
    pgadmin = setupOf "pgadmin";
  };
  sockets = builtins.mapAttrs (
    _: unit:
    unitOf unit
    // {
      listenStreams = unit.socket.ListenStream;
      socketConfig = removeAttrs unit.socket [ "ListenStream" ];
    }
  ) policy.units.sockets;
  timers = builtins.mapAttrs (_: unit: unitOf unit // { timerConfig = unit.timer; }) policy.units.timers;

  postgresql = {
    # nixpkgs would write a boolean as yes or no, which is equivalent; but it compares "jit" with "off".
    settings = builtins.mapAttrs (
      _: value: if builtins.isBool value then (if value then "on" else "off") else value
    ) policy.postgresql.settings;
    authentication = (import ./policy/render policy).pgHbaConf;
    identMap =
      if policy.postgresql.identMap == [ ] then "" else lib.fail "an ident map is not set on NixOS";
    # As for the Debian guest's cluster; nixpkgs adds the superuser's name.
    initdbArguments = [
      "-A"
      "peer"
      "-E"
      "UTF8"
      "--locale=C.UTF-8"
      "--data-checksums"
      "--no-instructions"
    ];
  };

  odoo.settings = policy.odoo.settings;

  pgadmin = {
    inherit (policy.pgadmin) settings;
    servers = builtins.toJSON policy.pgadmin.servers;
    service = (import ./policy/render policy).pgServiceConf;
  };

  nginx = {
    inherit (policy.nginx) httpPort httpsPort otherNames;
    inherit (policy.nginx.tls) certificate key;
    ciphers = builtins.concatStringsSep ":" policy.nginx.tls.ciphers;
    protocols = builtins.concatStringsSep " " policy.nginx.tls.protocols;
    redirectCode =
      if redirect == null then
        lib.fail "nginx.redirect is none that nixpkgs' forceSSL writes"
      else
        builtins.fromJSON (builtins.head redirect);
    serverTokens = policy.nginx.http.server_tokens == "on";
    clientMaxBodySize = policy.nginx.http.client_max_body_size;
    httpDirectives = directives (
      removeAttrs policy.nginx.http [
        "server_tokens"
        "client_max_body_size"
      ]
    );
    # nixpkgs always writes $connection_upgrade itself, with identical text.
    maps = removeAttrs policy.nginx.maps [ "connection_upgrade" ];
    # Name -> the directives of its server.
    hosts = builtins.listToAttrs (
      map (host: {
        inherit (host) name;
        value = directives (policy.nginx.server // host.directives);
      }) policy.nginx.hosts
    );
    locations = builtins.mapAttrs (_: location) policy.nginx.locations;
  };

  sshd = {
    ports = [ policy.sshd.settings.Port ];
    # Keys spelled as in the options, values of the options' types.
    settings =
      let
        asText = value: if value then "yes" else "no";
        from = policy.sshd.settings;
        list = text: builtins.filter builtins.isString (builtins.split "," text);
      in
      removeAttrs from [
        # nixpkgs' module writes it itself, and a line here would be a second one.
        "AuthorizedKeysFile"
        "MACs"
        "Port"
        "UseDNS"
      ]
      // {
        Ciphers = list from.Ciphers;
        KexAlgorithms = list from.KexAlgorithms;
        Macs = list from.MACs;
        UseDns = from.UseDNS;
        PermitRootLogin = asText from.PermitRootLogin;
        GatewayPorts = asText from.GatewayPorts;
      };
    keysFile = policy.sshd.settings.AuthorizedKeysFile;
    matches = (import ./policy/render/access.nix { inherit lib policy; }).sshdMatches;
  };

  sudo = map (rule: {
    users = [ rule.user ];
    inherit (rule) runAs;
    commands = map (command: {
      inherit command;
      options = if rule.noPassword then [ "NOPASSWD" ] else [ ];
    }) rule.commands;
  }) policy.sudo.rules;

  users = {
    inherit (policy.system) services people homeMode;
  };

  system = {
    inherit (policy.system)
      directories
      resolved
      maskedGenerators
      protocolsOnDemand
      sysctl
      ;
    filter = (import ./policy/render policy).filterConf;
  };

  # Everything that listens on the network. (The Debian guest filters no incoming packets: nothing else listens there.)
  firewall = [
    settings.sshPort
    settings.httpPort
    settings.httpsPort
  ];
}
