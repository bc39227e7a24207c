# pgAdmin: its own database over the socket, one server entry, no way out of the machine and no shell.
{ names, settings, paths, ... }:
{
  # config_system.py, which pgAdmin reads last.
  settings = {
    SERVER_MODE = true;
    DATA_DIR = paths.pgadminState;
    LOG_FILE = "${paths.pgadminLog}/pgadmin4.log";
    # Peer, over the socket. The long form: plain postgresql:// means psycopg2 to older SQLAlchemy.
    CONFIG_DATABASE_URI = "postgresql+psycopg:///${names.pgadminDatabase}?host=${paths.socketDirectory}&port=${toString settings.postgresqlPort}";
    # No outgoing connection: the unit has no network.
    UPGRADE_CHECK_ENABLED = false;
    # Or every page asks gravatar.com for the user's picture.
    SHOW_GRAVATAR_IMAGE = false;
    # Nothing to encrypt: peer has no passwords.
    MASTER_PASSWORD_REQUIRED = false;
    ALLOW_SAVE_PASSWORD = false;
    ALLOW_SAVE_TUNNEL_PASSWORD = false;
    SUPPORT_SSH_TUNNEL = false;
    # No shell through the web UI.
    ENABLE_PSQL = false;
    ENABLE_SERVER_PASS_EXEC_CMD = false;
    # No language model elsewhere is told about the database.
    LLM_ENABLED = false;
    # Its own accounts are the only ones, and a wrong password is not to be tried for ever.
    AUTHENTICATION_SOURCES = [ "internal" ];
    MAX_LOGIN_ATTEMPTS = 5;
    USER_INACTIVITY_TIMEOUT = 3600;
    # Names by which it may be asked for. (Through a port that somebody forwards, a machine for tests is localhost.)
    ALLOWED_HOSTS = [ names.domain ] ++ (if settings.testMachine then [ "localhost" ] else [ ]);
    ENHANCED_COOKIE_PROTECTION = true;
    # The file manager shows its user's own folder, and no other; programs are where the policy says.
    SHARED_STORAGE = [ ];
    ENABLE_BINARY_PATH_BROWSING = false;
    SESSION_COOKIE_SECURE = true;
    SESSION_COOKIE_HTTPONLY = true;
  };

  login = settings.pgadminLogin;

  # servers.json, for setup.py load-servers. Without Service the UI asks for a password, which peer does not have.
  servers = {
    Servers."1" = {
      Name = "Odoo";
      Group = "Servers";
      Host = paths.socketDirectory;
      Port = settings.postgresqlPort;
      Service = "odoo";
      MaintenanceDB = names.odooDatabase;
      DBRestriction = names.odooDatabase;
      Username = names.pgadmin;
      ConnectionParameters = {
        sslmode = "disable";
        connect_timeout = 10;
      };
    };
  };

  # pg_service.conf, named by PGSERVICEFILE.
  service.odoo = {
    host = paths.socketDirectory;
    port = settings.postgresqlPort;
    dbname = names.odooDatabase;
  };
}
