# PostgreSQL: reached over its Unix socket only, by peer authentication only.
arguments@{ lib, names, settings, paths, handymen }:
let
  backup = import ./backup.nix arguments;
  # SQL's fully reserved words: as a role's name they need quotes (PostgreSQL's appendix C).
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
    # Every user may connect to the socket: peer and pg_hba.conf decide. A group here would be a second list of users to maintain.
    unix_socket_permissions = "0777";
    port = settings.postgresqlPort;
    # Never used on a Unix socket.
    ssl = false;
    password_encryption = "scram-sha-256";
    # The unit's MemoryDenyWriteExecute forbids compiled expressions.
    jit = false;
    log_destination = "stderr";
    log_connections = true;
    # %e is the SQLSTATE, also of a refused connection.
    log_line_prefix = "%m [%p] %q%u@%d %e ";
    log_statement = "ddl";
    log_timezone = "Etc/UTC";
    timezone = "Etc/UTC";
    # A prepared transaction outlives its session and keeps its locks.
    max_prepared_transactions = 0;
    # No logical decoding, therefore no publication that reads tables without their grants.
    wal_level = "replica";
    # No library is loaded into a session, unless the session itself or a superuser requests it.
    shared_preload_libraries = "";
    session_preload_libraries = "";
    local_preload_libraries = "";
    restart_after_crash = true;
    # Limits that prevent one user from using up all resources. Only a superuser can change them.
    temp_file_limit = settings.postgresqlTempFileLimit;
    max_connections = settings.postgresqlConnections;
    superuser_reserved_connections = settings.postgresqlSuperuserConnections;
    # Only Odoo's role may use these (roles.sql).
    reserved_connections = settings.postgresqlOdooConnections;
    # A default, not a limit: every user may change it for the user's own sessions. A forgotten transaction holds locks.
    idle_in_transaction_session_timeout = "1h";
  }
  # A test machine lives for minutes, as one of many copies. Its tables were analyzed when it was built; to check every database
  # each minute would only use CPU time in all copies.
  // (if settings.testMachine then { autovacuum_naptime = "1d"; } else { });

  # The first match wins. `database`, `user` null: all; `group`: every member of that role.
  # Only local connections and peer: no host line, no replication line, no ident map.
  hba = [
    { database = null; user = names.superuser; method = "peer"; }
    { database = null; user = names.admin; method = "peer"; }
    { database = names.odooDatabase; user = names.odoo; method = "peer"; }
    # Odoo hard-codes this database: existence check at start, bus and cron LISTEN/NOTIFY, /web/health.
    { database = "postgres"; user = names.odoo; method = "peer"; }
    # This database exists only while a restore fills it as Odoo's role; Odoo is stopped then.
    { database = backup.newDatabase; user = names.odoo; method = "peer"; }
    { database = names.pgadminDatabase; user = names.pgadmin; method = "peer"; }
    { database = names.odooDatabase; user = names.pgadmin; method = "peer"; }
    # Handymen, through pgadmin (the documented statement) or directly: the Odoo database only.
    { database = names.odooDatabase; group = names.handymanGroup; method = "peer"; }
    # Everything else, including databases that are created later.
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

  # The statement that creates a handyman, as the Odoo Box documents it.
  handymanStatement = "CREATE ROLE ${identifier names.handyman} LOGIN IN ROLE ${identifier names.pgadmin};";

  # The role of which each handyman is a member, and whether he may SET ROLE to it; "documented" is the statement above.
  handymanRoles = builtins.mapAttrs (
    _: membership:
    if membership == "documented" then
      { role = names.pgadmin; become = true; }
    else
      { role = names.handymanGroup; become = false; }
  ) handymen;
}
