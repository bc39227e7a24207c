{ policy, render, texts, contains, allAre, equals, ... }:
let
  names = {
    domain = "erp.example.org";
    superuser = "dbroot";
    admin = "dbadmin";
    odoo = "erp";
    pgadmin = "pgweb";
    handymanGroup = "erp_fixers";
    handyman = "lee";
    odooDatabase = "Odoo-Martel.14";
    pgadminDatabase = "pgweb-state";
  };
  other = policy { inherit names; };
  files = texts other;
  file = name: files.${name};
  # Finds the default name as a separate word, so that it ignores names of programs, units and folders.
  asName = word: text: builtins.match ".*[^A-Za-z0-9_/.-]${word}[^A-Za-z0-9_/.-].*" " ${builtins.replaceStrings [ "\n" ] [ " " ] text} " != null;
  without = word: except: allAre (name: builtins.elem name except || !asName word (file name)) (builtins.attrNames files);
in
{
  "The default policy evaluates and serialises" = builtins.isString (builtins.toJSON (policy { }));
  "The default names are the documented ones" = equals {
    domain = "odoo-host"; superuser = "postgres"; admin = "admin"; odoo = "odoo"; pgadmin = "pgadmin";
    handymanGroup = "odoo_handyman"; handyman = "jane"; odooDatabase = "odoo_martel_14"; pgadminDatabase = "pgadmin";
  } (policy { }).names;
  "Other names are taken over" = equals names other.names;
  "jane is made by the documented statement, as written" = equals "CREATE ROLE jane LOGIN IN ROLE pgadmin;" (policy { }).postgresql.handymanStatement;
  "A handyman whose name SQL would misread is quoted" = equals "CREATE ROLE \"order\" LOGIN IN ROLE \"pg-web\";" (policy {
    names = { handyman = "order"; pgadmin = "pg-web"; };
  }).postgresql.handymanStatement;

  "With other names no file speaks of admin" = without "admin" [ ];
  "With other names no file speaks of jane" = without "jane" [ ];
  "With other names no file speaks of odoo_handyman" = without "odoo_handyman" [ ];
  "With other names no file speaks of odoo_martel_14" = without "odoo_martel_14" [ ];
  "With other names no file speaks of odoo-host" = without "odoo-host" [ ];
  # Folders below /run, /var/lib and /var/log, and libpq's service, keep their programs' names.
  "With other names odoo is left as a folder's and a service's name only" = without "odoo" [ "odoo.service" "pgServiceConf" "pgadminServers" ];
  "With other names pgadmin is left as a folder's name only" = without "pgadmin" [ "pgadmin.service" ];
  # The database "postgres": Odoo hard-codes this name.
  "With other names postgres is left as a database's name only" = without "postgres" [ "pgHbaConf" ];

  "Odoo's unit runs as the configured user" = contains "\nUser=erp\n" (file "odoo.service");
  "pgAdmin's unit runs as the configured user" = contains "\nUser=pgweb\n" (file "pgadmin.service");
  "PostgreSQL's unit runs as the configured superuser" = contains "\nUser=dbroot\n" (file "postgresql.service");
  "A dot in the database's name means itself in Odoo's filter" = contains "\ndbfilter = ^Odoo-Martel\\.14$\n" (file "odooConf");
  "pgAdmin's server entry names the configured role and database" =
    contains "\"Username\":\"pgweb\"" (file "pgadminServers") && contains "\"DBRestriction\":\"Odoo-Martel.14\"" (file "pgadminServers");
  "pgAdmin keeps its state in the configured database" = contains "postgresql+psycopg:///pgweb-state?" (file "pgadminConfigSystem");
  "sshd lets in the configured people" = contains "\nAllowUsers dbadmin lee\n" (file "sshdConf");
  "sudo knows the configured admin only" = contains "\ndbadmin ALL=(ALL:ALL) NOPASSWD: ALL\n" (file "sudoers");
  "nginx serves the configured domain" = contains "server_name erp.example.org;" (file "nginxConf");
  "A domain with a dot makes pgAdmin's login without a made-up suffix" = equals "dbadmin@erp.example.org" other.pgadmin.login;
  "roles.sql gets the configured names" = equals {
    admin_role = "dbadmin"; odoo_role = "erp"; odoo_db = "Odoo-Martel.14"; pgadmin_role = "pgweb"; pgadmin_db = "pgweb-state"; handyman_role = "erp_fixers";
  } other.postgresql.roleVariables;
}
