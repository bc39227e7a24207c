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
    "AllowTcpForwarding local" "AllowStreamLocalForwarding local" "PermitListen none" "GatewayPorts no" "StreamLocalBindUnlink no" "PermitTunnel no"
  ];
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
  "The generator that opens a second door to sshd is masked" = builtins.elem "systemd-ssh-generator" p.system.maskedGenerators;
  "A restart of PostgreSQL keeps its socket's folder, over which walls of others lie" = contains "\nRuntimeDirectoryPreserve=yes\n" t."postgresql.service";
}
