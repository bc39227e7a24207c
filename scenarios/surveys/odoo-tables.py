# Every table of Odoo's database that has rows: keys, devices, servers and hooks would be in tables that a fresh Odoo leaves
# empty. Compared with scenarios/expected/odoo-tables.txt. Run by root; the queries run as Odoo's role. Stdin: JSON: odoo,
# odooDatabase, directory, port.
told.update(json.load(sys.stdin))


def ask(query): return sql(told['odooDatabase'], query, told['odoo'])


every = ask("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE relkind IN ('r', 'p', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'")
shows = {table if schema == 'public' else schema + '.' + table: '.'.join('"%s"' % one.replace('"', '""') for one in (schema, table)) for schema, table in every}
for table, in ask(' UNION ALL '.join("SELECT '%s' WHERE EXISTS (SELECT FROM %s)" % (name.replace("'", "''"), quoted) for name, quoted in shows.items())):
    rows.add('filled %s' % word(table))
finish()
