# Locations in the Debian reference guest, for nixos/policy/paths.nix: only those that differ from its defaults.
{
  postgresqlProgram = "/usr/lib/postgresql/17/bin/postgres";
  dataDirectory = "/var/lib/postgresql/17/main";
  gunicornProgram = "/opt/pgadmin/bin/gunicorn";
  # A link that the build creates, so that no unit contains a Python version.
  pgadminPackage = "/opt/pgadmin/pgadmin4";
  # /bin, /lib and /sbin are links into /usr.
  execPaths = [ "/usr" ];
  pgadminExecPaths = [ "/opt/pgadmin" ];
}
