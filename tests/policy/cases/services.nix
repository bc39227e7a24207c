{ policy, render, texts, contains, equals, allAre, lines, ... }:
let
  p = policy { };
  t = texts p;
in
{
  "PostgreSQL listens on no address" = contains "\nlisten_addresses = ''\n" t.postgresqlConf;
  "PostgreSQL compiles nothing, so that its memory can stay unexecutable" = contains "\njit = off\n" t.postgresqlConf;
  "A quote in a setting of PostgreSQL is doubled" = contains "log_line_prefix = 'it''s'" (render (p // {
    postgresql = p.postgresql // { settings.log_line_prefix = "it's"; };
  })).postgresqlConf;
  "Odoo's database manager is off" = contains "\nlist_db = False\n" t.odooConf;
  "Odoo listens on loopback only" = contains "\nhttp_interface = 127.0.0.1\n" t.odooConf;
  "Odoo reaches PostgreSQL over its socket" = contains "\ndb_host = /run/postgresql\n" t.odooConf;
  "No secret stands in odoo.conf" = !(contains "admin_passwd" t.odooConf) && !(contains "db_password" t.odooConf);
  "Odoo's sign-up is by invitation only" = equals "b2b" p.odoo.parameters."auth_signup.invitation_scope";
  "An empty master password ends Odoo's start" = contains "test -n \"$password\"" t."odoo.service";
  "pgAdmin wants a login" = contains "\nSERVER_MODE = True\n" t.pgadminConfigSystem;
  "pgAdmin gives no shell" = contains "\nENABLE_PSQL = False\n" t.pgadminConfigSystem;
  "pgAdmin's server entry asks for no password, for it names a service" = contains "\"Service\":\"odoo\"" t.pgadminServers && contains "[odoo]" t.pgServiceConf;
  "pgAdmin's socket is the web server's" = contains "\nSocketGroup=www-data\nSocketMode=0660\n" t."pgadmin.socket";
  "Plain HTTP only redirects" = contains "return 301 https://$host$request_uri;" t.nginxConf;
  "Old TLS is off" = contains "ssl_protocols TLSv1.2 TLSv1.3;" t.nginxConf;
  "Every location that proxies sends the full set of headers" = allAre (
    match:
    let
      location = p.nginx.locations.${match};
    in
    !(location ? proxyPass)
    || builtins.all (header: location.headers ? ${header})
      [ "Host" "X-Forwarded-Host" "X-Forwarded-For" "X-Forwarded-Proto" "Upgrade" "Connection" "X-Script-Name" ]
  ) (builtins.attrNames p.nginx.locations);
  "sshd takes keys only" = allAre (line: contains "\n${line}\n" t.sshdConf) [
    "AuthenticationMethods publickey" "PasswordAuthentication no" "KbdInteractiveAuthentication no" "PermitEmptyPasswords no"
    "HostbasedAuthentication no" "GSSAPIAuthentication no" "PermitRootLogin no"
  ];
  "sshd opens tunnels from the client's side only" = allAre (line: contains "\n${line}\n" t.sshdConf) [
    "AllowTcpForwarding local" "AllowStreamLocalForwarding local" "PermitOpen [/run/postgresql/.s.PGSQL.5432]:*" "PermitListen none" "GatewayPorts no" "StreamLocalBindUnlink no" "PermitTunnel no"
  ];
  "sshd lets tunnels of the admin alone reach more than PostgreSQL's socket" = equals [ { criteria = "User admin"; settings.PermitOpen = "any"; } ] p.sshd.matches;
  "What sshd says of some stands behind what it says of all" = contains "\nMatch User admin\n  PermitOpen any\n" t.sshdConf;
  "Nobody's keys are read from a folder of his own" = contains "\nAuthorizedKeysFile /etc/ssh/authorized_keys.d/%u\n" t.sshdConf;
  "Another name than the machine's is answered with nothing" = contains "default_server;\n    server_name _;\n    ssl_reject_handshake on;\n    return 444;\n" t.nginxConf;
  "Odoo's database manager is closed at the web server, too" = contains "location ^~ /web/database {\n      return 404;\n" t.nginxConf;
  "Nobody uploads modules with a password and without a session" = contains "location ^~ /base_import_module/login_upload {\n      return 404;\n" t.nginxConf;
  "A real box serves its own name only, and says that it is HTTPS only" =
    !(contains "server_name localhost" t.nginxConf) && contains "add_header Strict-Transport-Security" t.nginxConf;
  "A machine for tests is served as localhost, too, of which no browser remembers anything" =
    let
      localhost = builtins.filter (host: host.name == "localhost") (policy { settings.testMachine = true; }).nginx.hosts;
    in
    equals [ { name = "localhost"; directives = { }; } ] localhost;
  "Services begin no connection but nginx's and the printer's to Odoo" = contains
    "meta skuid { \"postgres\", \"odoo\", \"pgadmin\", \"www-data\" } meta l4proto != tcp reject\n" t.filterConf;
  "No Python of a service reads modules from its home" = allAre (
    name: builtins.elem "PYTHONNOUSERSITE=1" p.units.services.${name}.service.Environment
  ) [ "odoo" "pgadmin" ];
  "No account of a service has a home where it may write" = allAre (user: p.system.services.${user}.home == "/nonexistent") (builtins.attrNames p.system.services);
  "sshd shuts out after failed logins unless a test network is exempt" =
    !(contains "PerSourcePenaltyExemptList" t.sshdConf)
    && contains "\nPerSourcePenaltyExemptList 10.0.2.2,192.0.2.0/24\n"
      (render (policy { settings.sshPenaltyExempt = [ "10.0.2.2" "192.0.2.0/24" ]; })).sshdConf;
  "sudo has one rule, the admin's" = equals [ "admin ALL=(ALL:ALL) NOPASSWD: ALL" ] (
    builtins.filter (line: builtins.substring 0 1 line != "#") (lines t.sudoers)
  );
  "Service accounts have no login shell" = allAre (user: p.system.services.${user}.shell == "/usr/sbin/nologin") (builtins.attrNames p.system.services);
  "Homes are closed" = equals "0700" p.system.homeMode;
  "LLMNR is off" = contains "\nLLMNR=no\n" t.resolvedConf;
  "No neighbour's redirect changes a route, on any interface" = allAre (key: contains "\n${key} = 0\n" t.sysctlConf) [
    "net.ipv4.conf.*.accept_redirects"
    "net.ipv6.conf.*.accept_redirects"
  ];
  "No protocol that somebody could have the kernel load is one that it could do without" = allAre (
    name: !(builtins.elem name p.system.protocolsOnDemand)
  ) [ "af_alg" "dccp" "l2tp_ip" "openvswitch" "rds" "sctp" "tipc" "vsock" "wireguard" ];
  "The generator that opens a second door to sshd is masked" = builtins.elem "systemd-ssh-generator" p.system.maskedGenerators;
  "A restart of a service keeps its folder in /run, over which walls of others lie" = allAre (
    name: contains "\nRuntimeDirectoryPreserve=yes\n" t."${name}.service"
  ) [ "postgresql" "odoo" "pgadmin" ];
  "The folders in /run over which walls lie are there before any service" = allAre (
    path: builtins.any (one: one.path == path) p.system.directories
  ) [ "/run/postgresql" "/run/odoo" "/run/pgadmin" ];
}
