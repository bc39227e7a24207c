# Values that differ between flavours: the locations of programs and data, and the web server's user.
# The defaults are those of an ordinary FHS system; a flavour overrides those that differ.
{ lib }:
given:
let
  inherit (lib) check matches;
  defaults = {
    postgresqlProgram = "/usr/lib/postgresql/17/bin/postgres";
    odooProgram = "/usr/bin/odoo";
    gunicornProgram = "/usr/bin/gunicorn";
    # The folder that holds pgAdmin4.py.
    pgadminPackage = "/usr/lib/python3/dist-packages/pgadmin4";
    nginxProgram = "/usr/sbin/nginx";
    nginxMimeTypes = "/etc/nginx/mime.types";
    shell = "/bin/sh";
    loginShell = "/bin/bash";
    bash = "/bin/bash";
    nologin = "/usr/sbin/nologin";
    # Home of the services' accounts: it is empty and nobody can write to it, because programs read files in their user's home.
    emptyHome = "/nonexistent";
    nftProgram = "/usr/sbin/nft";
    kill = "/bin/kill";
    # Only on test machines (settings.testMachine).
    guestAgentProgram = "/usr/sbin/qemu-ga";
    guestAgentFolder = "/run/qemu-ga";

    # The unit to order after in order to wait until the database is ready.
    postgresqlUnit = "postgresql.service";
    webUser = "www-data";
    webGroup = "www-data";

    # Paths from which a sandbox may execute programs, and additional paths for pgAdmin.
    execPaths = [ "/usr" ];
    pgadminExecPaths = [ ];

    socketDirectory = "/run/postgresql";
    dataDirectory = "/var/lib/postgresql/17/main";
    postgresqlHome = "/var/lib/postgresql";
    odooState = "/var/lib/odoo";
    # Folder below Odoo's state from which Odoo loads further modules.
    odooAddons = "/var/lib/odoo/addons";
    pgadminState = "/var/lib/pgadmin";
    pgadminLog = "/var/log/pgadmin";
    pgadminSocket = "/run/pgadmin.sock";
    configDirectory = "/etc/odoo-box";
    # pgAdmin fixes this path: it reads /etc/pgadmin/config_system.py.
    pgadminConfigDirectory = "/etc/pgadmin";

    # Secrets: files of root, mode 0600, passed to the units as credentials.
    odooMasterPassword = "/etc/odoo-box/odoo-master-password";
    tlsCertificate = "/etc/ssl/certs/odoo-box.crt";
    tlsKey = "/etc/ssl/private/odoo-box.key";

    backupDirectory = "/var/backups/odoo-box";
  };
  paths = lib.override "paths" defaults given;

  absolute = value: builtins.isString value && matches "(/[A-Za-z0-9_+.@=-]+)+" value && !matches ".*/\\.\\.?(/.*)?" value;
  path = key: check "paths.${key}" absolute "an absolute path of letters, digits and _+.@=-" paths.${key};
  pathList =
    key:
    check "paths.${key}" (value: builtins.isList value && builtins.all absolute value) "a list of absolute paths" paths.${key};
  # systemd creates these with StateDirectory=, LogsDirectory= and RuntimeDirectory=, one level deep.
  below =
    parent: key:
    check "paths.${key}" (value: builtins.isString value && matches "${parent}/[A-Za-z0-9_-]+" value)
      "a folder directly below ${parent}" paths.${key};
  user =
    key: check "paths.${key}" (value: builtins.isString value && matches "[a-z_][a-z0-9_-]{0,30}" value) "an OS user's name" paths.${key};
  unit =
    key: check "paths.${key}" (value: builtins.isString value && matches "[a-z0-9@-]+\\.(service|target)" value) "a service or target unit" paths.${key};
  special = {
    postgresqlUnit = unit;
    webUser = user;
    webGroup = user;
    execPaths = pathList;
    pgadminExecPaths = pathList;
    socketDirectory = below "/run";
    postgresqlHome = below "/var/lib";
    odooState = below "/var/lib";
    pgadminState = below "/var/lib";
    pgadminLog = below "/var/log";
    guestAgentFolder = below "/run";
  };
in
builtins.mapAttrs (key: _: (special.${key} or path) key) paths
