# PostgreSQL: reached over its Unix socket only, by peer authentication only.
arguments@{ lib, names, settings, paths, handymen }:
let
  backup = import ./backup.nix arguments;
  # SQL's fully reserved words, which are no role's name without quotes (PostgreSQL's appendix C).
  reservedWords = [
    "all" "analyse" "analyze" "and" "any" "array" "as" "asc" "asymmetric" "both" "case" "cast" "check" "collate"
    "column" "constraint" "create" "current_catalog" "current_date" "current_role" "current_time"
    "current_timestamp" "current_user" "default" "deferrable" "desc" "distinct" "do" "else" "end" "except" "false"
    "fetch" "for" "foreign" "from" "grant" "group" "having" "in" "initially" "intersect" "into" "lateral" "leading"
    "limit" "localtime" "localtimestamp" "not" "null" "offset" "on" "only" "or" "order" "placing" "primary"
    "references" "returning" "select" "session_user" "some" "symmetric" "system_user" "table" "then" "to" "trailing"
    "true" "union" "unique" "user" "using" "variadic" "when" "where" "window" "with"
  ];
  identifier = name: if lib.matches "[a-z_][a-z0-9_]*" name && !builtins.elem name reservedWords then name else lib.quoted name;
in
{
  settings = {
    # No TCP at all, IPv4 or IPv6, loopback included.
    listen_addresses = "";
    unix_socket_directories = paths.socketDirectory;
    # Anybody may knock: peer and pg_hba.conf decide. A group here would be a second list of users to keep right.
    unix_socket_permissions = "0777";
    port = settings.postgresqlPort;
    # Never used on a Unix socket.
    ssl = false;
    password_encryption = "scram-sha-256";
    # The unit's MemoryDenyWriteExecute forbids compiled expressions.
    jit = false;
    log_destination = "stderr";
    log_connections = true;
    # %e is the SQLSTATE, of a refused connection too.
    log_line_prefix = "%m [%p] %q%u@%d %e ";
    log_statement = "ddl";
    log_timezone = "Etc/UTC";
    timezone = "Etc/UTC";
    # A prepared transaction outlives its session and keeps its locks.
    max_prepared_transactions = 0;
    # No logical decoding, so no publication that reads tables past their grants.
    wal_level = "replica";
    # No library is loaded for a session that did not ask for it, and is not superuser.
    shared_preload_libraries = "";
    session_preload_libraries = "";
    local_preload_libraries = "";
    restart_after_crash = true;
    # Walls against one user who takes all there is. Who is no superuser cannot change these.
    temp_file_limit = settings.postgresqlTempFileLimit;
    max_connections = settings.postgresqlConnections;
    superuser_reserved_connections = settings.postgresqlSuperuserConnections;
    # Odoo's role alone may take these (roles.sql).
    reserved_connections = settings.postgresqlOdooConnections;
    # A default and no wall: every user may change it for sessions of his own. A transaction that was forgotten holds locks.
    idle_in_transaction_session_timeout = "1h";
  }
  # A machine that is made to be tested lives for minutes, as one of many copies: its tables were analyzed when it was made, and a
  # look at every database each minute is only CPU time that all of them spend.
  // (if settings.testMachine then { autovacuum_naptime = "1d"; } else { });

  # First match wins. `database`, `user` null: every one; `group`: every member of that role.
  # All is local and peer: no host line, no replication line, no ident map.
  hba = [
    { database = null; user = names.superuser; method = "peer"; }
    { database = null; user = names.admin; method = "peer"; }
    { database = names.odooDatabase; user = names.odoo; method = "peer"; }
    # Odoo hard-codes this database: existence check at start, bus and cron LISTEN/NOTIFY, /web/health.
    { database = "postgres"; user = names.odoo; method = "peer"; }
    # There is such a database only while a restore fills it, by Odoo's role; Odoo is stopped then.
    { database = backup.newDatabase; user = names.odoo; method = "peer"; }
    { database = names.pgadminDatabase; user = names.pgadmin; method = "peer"; }
    { database = names.odooDatabase; user = names.pgadmin; method = "peer"; }
    # Handymen, through pgadmin (the documented statement) or directly: the Odoo database only.
    { database = names.odooDatabase; group = names.handymanGroup; method = "peer"; }
    # Everything else, databases made later included.
    { database = null; user = null; method = "reject"; }
  ];
  identMap = [ ];

  # roles.sql's psql variables.
  roleVariables = {
    admin_role = names.admin;
    odoo_role = names.odoo;
    odoo_db = names.odooDatabase;
    pgadmin_role = names.pgadmin;
    pgadmin_db = names.pgadminDatabase;
    handyman_role = names.handymanGroup;
  };

  # How a handyman is made, as the Odoo Box documents it.
  handymanStatement = "CREATE ROLE ${identifier names.handyman} LOGIN IN ROLE ${identifier names.pgadmin};";

  # Each handyman's role, and whether he may become it: "documented" is the statement above.
  handymanRoles = builtins.mapAttrs (
    _: membership:
    if membership == "documented" then
      { role = names.pgadmin; become = true; }
    else
      { role = names.handymanGroup; become = false; }
  ) handymen;
}
