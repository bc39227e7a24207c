# pgAdmin: its own database over the socket, one server entry, no outgoing connection and no shell.
{ names, settings, paths, ... }:
{
  # config_system.py, which pgAdmin reads last.
  settings = {
    SERVER_MODE = true;
    DATA_DIR = paths.pgadminState;
    LOG_FILE = "${paths.pgadminLog}/pgadmin4.log";
    # Peer, over the socket. The driver is named: for plain postgresql:// older SQLAlchemy uses psycopg2.
    CONFIG_DATABASE_URI = "postgresql+psycopg:///${names.pgadminDatabase}?host=${paths.socketDirectory}&port=${toString settings.postgresqlPort}";
    # No outgoing connection: the unit has no network.
    UPGRADE_CHECK_ENABLED = false;
    # Otherwise every page requests the user's picture from gravatar.com.
    SHOW_GRAVATAR_IMAGE = false;
    # Nothing to encrypt: peer has no passwords.
    MASTER_PASSWORD_REQUIRED = false;
    ALLOW_SAVE_PASSWORD = false;
    ALLOW_SAVE_TUNNEL_PASSWORD = false;
    SUPPORT_SSH_TUNNEL = false;
    # No shell through the web UI.
    ENABLE_PSQL = false;
    ENABLE_SERVER_PASS_EXEC_CMD = false;
    # No data of the database is sent to an external language model.
    LLM_ENABLED = false;
    # Only pgAdmin's own accounts exist, and the number of attempts with a wrong password is limited.
    AUTHENTICATION_SOURCES = [ "internal" ];
    MAX_LOGIN_ATTEMPTS = 5;
    USER_INACTIVITY_TIMEOUT = 3600;
    # Accepted host names. (A test machine that is reached through a forwarded port is localhost.)
    ALLOWED_HOSTS = [ names.domain ] ++ (if settings.testMachine then [ "localhost" ] else [ ]);
    ENHANCED_COOKIE_PROTECTION = true;
    # The file manager shows a user only the user's own folder; only the policy sets the paths of programs.
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
