# The set-up units' shell text, as a function of the policy and of a few store paths, so that it can be rendered, checked
# and run without nixpkgs. All of it may be interrupted at any line, and repeated.
#
# While a database is being filled it has a marker schema, from before the first table until everything is done. If the schema
# exists when PostgreSQL starts, the set-up was interrupted: the database is dropped and created again. Only the database's owner
# can create the schema, and only inside the database: a handyman, who as a member of pgAdmin's role could write the database's
# comment, cannot. No file is a marker, so a restored disk or database cannot contradict one.
{
  policy,
  values,
  # The folder with the SQL files, roles.sql, and the SQL that creates a handyman.
  sql,
  roles,
  handymanSql,
}:
let
  inherit (policy) names paths;
  port = toString policy.settings.postgresqlPort;
  # All values that are inserted into the text passed the policy's checks: inside quotes they need no further quoting.
  variables = builtins.concatStringsSep " " (
    map (name: "-v ${name}='${policy.postgresql.roleVariables.${name}}'") (
      builtins.attrNames policy.postgresql.roleVariables
    )
  );
  ask = "psql -X -q -A -t -v ON_ERROR_STOP=1 -h ${paths.socketDirectory} -p ${port}";

  handyman =
    name: entry:
    "as_superuser -v handyman='${name}' -v role='${entry.role}' -v become=${
      if entry.become then "on" else "off"
    } -f ${handymanSql}\n";
  handymen = builtins.concatStringsSep "" (
    map (name: handyman name policy.postgresql.handymanRoles.${name}) (
      builtins.attrNames policy.postgresql.handymanRoles
    )
  );

  # Fills the database by `fill`, if it is empty.
  fillOnce = database: fill: ''
    ask() { ${ask} -d '${database}' "$@"; }
    state=$(ask -f ${sql}/state.sql)
    case $state in
      filled)
        exit 0
        ;;
      half-made)
        echo 'an earlier attempt was interrupted: systemctl restart odoo-box-databases.service clears it away' >&2
        exit 1
        ;;
    esac
    ask -f ${sql}/begin.sql
    ${fill}
    ask -f ${sql}/end.sql
  '';
in
{
  # Creates the cluster beside its place and then moves it there: PG_VERSION alone would pass for a complete cluster.
  cluster = ''
    new=${paths.dataDirectory}.new
    rm -rf -- "$new"
    initdb -D "$new" -U '${names.superuser}' ${builtins.concatStringsSep " " values.postgresql.initdbArguments}
    mv -T -- "$new" ${paths.dataDirectory}
    sync -- ${dirOf paths.dataDirectory}
  '';

  # Roles, databases and privileges: each start corrects deviations.
  databases = ''
    as_superuser() { ${ask} -d postgres "$@"; }
    for database in '${names.odooDatabase}' '${names.pgadminDatabase}'; do
      if [ "$(as_superuser -v database="$database" -f ${sql}/open.sql)" = there ]; then
        state=$(${ask} -d "$database" -f ${sql}/state.sql)
        if [ "$state" = half-made ]; then
          as_superuser -v database="$database" -f ${sql}/drop-half-made.sql
        fi
      fi
    done
    as_superuser ${variables} -f ${roles}
    ${handymen}'';

  # Odoo's modules, the web user's password, the part of the policy that is in the database, and the first pages' assets.
  odoo =
    { setup }:
    fillOnce names.odooDatabase ''
      WEB_PASSWORD=$(cat "$CREDENTIALS_DIRECTORY/web-password")
      test -n "$WEB_PASSWORD"
      export WEB_PASSWORD
      # No workers and no ports: there is nothing to serve.
      odoo() { ${paths.odooProgram} "$@" -c ${paths.configDirectory}/odoo.conf --workers=0 --max-cron-threads=0 --no-http; }
      odoo -i base,web,contacts --stop-after-init
      # The shell ends with 0 whatever happened in it: its last line is the verdict.
      said=$(odoo shell < ${setup})
      printf '%s\n' "$said"
      test "''${said##*odoo-setup: }" = "done"
    '';

  # pgAdmin's tables, its first user and its server entry. (Newer versions of pgAdmin change the tables when they start.)
  pgadmin =
    {
      program,
      servers,
    }:
    fillOnce names.pgadminDatabase ''
      PGADMIN_SETUP_EMAIL='${policy.pgadmin.login}'
      PGADMIN_SETUP_PASSWORD=$(cat "$CREDENTIALS_DIRECTORY/initial-password")
      test "''${#PGADMIN_SETUP_PASSWORD}" -ge 6
      export PGADMIN_SETUP_EMAIL PGADMIN_SETUP_PASSWORD
      ${program} setup-db
      ${program} load-servers ${servers} --replace --user '${policy.pgadmin.login}'
    '';
}
