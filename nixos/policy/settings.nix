# Settings that are not names and not paths: given -> checked settings.
{ lib, names }:
given:
let
  inherit (lib) check matches;
  defaults = {
    # Only part of the socket's name (.s.PGSQL.<port>): nothing listens on this port.
    postgresqlPort = 5432;
    sshPort = 22;
    httpPort = 80;
    httpsPort = 443;
    # Odoo's own two ports, on loopback only.
    odooHttpPort = 8069;
    odooGeventPort = 8072;
    odooWorkers = 2;
    odooCronThreads = 1;
    # Limits, in seconds of CPU time and of wall clock, after which Odoo ends a request.
    odooCpuSeconds = 300;
    # A test machine is frozen for hours and then gets the correct time: Odoo reads the wall clock, would consider every worker
    # stuck and end it.
    odooRealSeconds = if given ? testMachine && given.testMachine == true then 1000000000 else 600;
    odooMemoryMax = "2G";
    pgadminThreads = 25;
    pgadminMemoryMax = "1G";
    # An address, because pgAdmin's users are addresses; no mail is ever sent.
    pgadminLogin = "${names.admin}@${names.domain}" + (if matches ".*\\..*" names.domain then "" else ".example");
    uploadLimitMiB = 128;
    # Per client address: attempts to log in, as a burst and per minute; calls of Odoo's XML-RPC and JSON-RPC.
    loginsAtOnce = 20;
    loginsPerMinute = 30;
    rpcPerSecond = 20;
    postgresqlMemoryMax = "2G";
    # Limit of the temporary files of one PostgreSQL process, for sorts and similar operations.
    postgresqlTempFileLimit = "8GB";
    postgresqlConnections = 100;
    # Reserved connections: for superusers only, and for Odoo, so that no handyman takes the last one.
    postgresqlSuperuserConnections = 5;
    postgresqlOdooConnections = 20;
    sshMaxSessions = 50;
    # Backups: the schedule in the format of systemd's OnCalendar= (null: never automatically), and how many of each kind are
    # kept.
    backup = true;
    backupHotSchedule = "*-*-* 01:30:00";
    backupHotKeep = 7;
    backupColdSchedule = "Sun *-*-* 03:30:00";
    backupColdKeep = 4;
    # Source addresses that are exempt from sshd's penalties after failed logins (OpenSSH 9.8 and newer). Needed on a test network
    # where all clients have one address.
    sshPenaltyExempt = [ ];
    # A machine that is built for tests: whoever runs it under QEMU can set its clock after a freeze and can distinguish it from
    # other copies. A production box offers neither.
    testMachine = false;
  };
  settings = lib.override "settings" defaults given;

  integer =
    low: high: key:
    check "settings.${key}" (value: builtins.isInt value && value >= low && value <= high)
      "an integer from ${toString low} to ${toString high}" settings.${key};
  text =
    pattern: why: key:
    check "settings.${key}" (value: builtins.isString value && matches pattern value) why settings.${key};
  schedule =
    key:
    if settings.${key} == null then
      null
    else
      text "[A-Za-z0-9*:,./~ -]+" "a calendar event as systemd's OnCalendar= takes it, or null" key;
  boolean = key: check "settings.${key}" builtins.isBool "true or false" settings.${key};
  size = text "[1-9][0-9]*[KMGT]?" "a size as systemd writes it, such as 2G";
  checks = {
    postgresqlPort = integer 1 65535;
    sshPort = integer 1 65535;
    httpPort = integer 1 65535;
    httpsPort = integer 1 65535;
    odooHttpPort = integer 1024 65535;
    odooGeventPort = integer 1024 65535;
    odooWorkers = integer 1 64;
    odooCronThreads = integer 1 16;
    odooCpuSeconds = integer 1 86400;
    odooRealSeconds = integer 1 1000000000;
    odooMemoryMax = size;
    pgadminThreads = integer 1 256;
    pgadminMemoryMax = size;
    pgadminLogin = text "[a-z0-9._+-]+@[a-z0-9.-]+\\.[a-z]+" "an e-mail address in lower case";
    uploadLimitMiB = integer 1 4096;
    loginsAtOnce = integer 1 10000;
    loginsPerMinute = integer 1 10000;
    rpcPerSecond = integer 1 10000;
    postgresqlMemoryMax = size;
    postgresqlTempFileLimit = text "[1-9][0-9]*(kB|MB|GB|TB)" "a size as PostgreSQL writes it, such as 8GB";
    postgresqlConnections = integer 30 10000;
    postgresqlSuperuserConnections = integer 1 20;
    postgresqlOdooConnections = integer 1 1000;
    sshMaxSessions = integer 1 1000;
    backup = boolean;
    backupHotSchedule = schedule;
    backupHotKeep = integer 1 1000;
    backupColdSchedule = schedule;
    backupColdKeep = integer 1 1000;
    testMachine = boolean;
    sshPenaltyExempt =
      key:
      check "settings.${key}"
        (value: builtins.isList value && builtins.all (one: builtins.isString one && matches "[0-9a-fA-F.:/]+" one) value)
        "a list of addresses or networks" settings.${key};
  };
  checked = builtins.mapAttrs (key: checkOne: checkOne key) checks;
  clash = lib.firstClash {
    inherit (checked) sshPort httpPort httpsPort odooHttpPort odooGeventPort;
  };
in
if checked.postgresqlConnections <= checked.postgresqlSuperuserConnections + checked.postgresqlOdooConnections then
  lib.fail "settings.postgresqlConnections = ${toString checked.postgresqlConnections}: nothing is left of it for handymen and pgAdmin"
else if clash != null then
  lib.fail "settings.${builtins.elemAt clash 0} and settings.${builtins.elemAt clash 1} are both ${toString checked.${builtins.head clash}}: they must differ"
else
  checked
