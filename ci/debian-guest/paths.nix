# Where things lie in the Debian reference guest, as nixos/policy/paths.nix asks: only what differs from its defaults.
{
  postgresqlProgram = "/usr/lib/postgresql/17/bin/postgres";
  dataDirectory = "/var/lib/postgresql/17/main";
  gunicornProgram = "/opt/pgadmin/bin/gunicorn";
  # A link that the build makes, so that no unit names a Python version.
  pgadminPackage = "/opt/pgadmin/pgadmin4";
  # /bin, /lib and /sbin are links into /usr.
  execPaths = [ "/usr" ];
  pgadminExecPaths = [ "/opt/pgadmin" ];
}
