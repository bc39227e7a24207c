# Records in pgAdmin's own database that give access, lead elsewhere, or run code: its accounts with their roles, second factors
# and external logins, servers with all their settings, keys, settings of users; and every table that has rows. pgAdmin's role
# reads them. One line each, compared with scenarios/expected/pgadmin-data.txt. Run by root. Stdin: JSON, pgadmin,
# pgadminDatabase, directory, port.
import pickletools
told.update(json.load(sys.stdin))


def ask(query): return sql(told['pgadminDatabase'], query, told['pgadmin'])


def unpickled(text):
    """The classes and functions that whoever unpickles this calls, as pgAdmin does when it lists what it ran in the background."""
    try:
        said, words = [], []
        for code, argument, _ in pickletools.genops(bytes.fromhex(text)):
            if isinstance(argument, str): words.append(argument)
            if code.name == 'GLOBAL': said.append(argument.replace(' ', '.'))
            elif code.name == 'STACK_GLOBAL': said.append('.'.join(words[-2:]))
            elif code.name in ('INST', 'EXT1', 'EXT2', 'EXT4', 'PERSID', 'BINPERSID'): said.append(code.name)
            # A name that occurred before is referenced by its number.
            elif code.name.endswith('GET'): words.append('by-number')
        return ','.join(sorted(set(said))) or 'nothing'
    except Exception: return 'unreadable'


# Names of the preferences: their numbers differ from one machine to the next.
PREFERENCES = {number: '/'.join(names) for number, *names in ask("SELECT p.id, m.name, c.name, p.name FROM public.preferences p"
               " JOIN public.preference_category c ON c.id = p.cid JOIN public.module_preference m ON m.id = c.mid")}
SECRET = re.compile(r'pass|secret|token|uniquifier|masterpass|value$')
every = ask("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE relkind IN ('r', 'p', 'm', 'f', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'")
shows = {table if schema == 'public' else schema + '.' + table: '.'.join('"%s"' % one.replace('"', '""') for one in (schema, table)) for schema, table in every}
# pgAdmin's program creates the preferences and their names when it starts.
asked = {table: quoted for table, quoted in shows.items() if table not in ('preferences', 'preference_category', 'module_preference', 'alembic_version')}
for table, row in ask(' UNION ALL '.join("SELECT '%s', row_to_json(r)::text FROM %s r" % (table.replace("'", "''"), quoted) for table, quoted in asked.items())):
    said = json.loads(row)
    if table == 'user_preferences': said['pid'] = PREFERENCES.get(str(said.get('pid')), said.get('pid'))
    if table == 'process': said = {'unpickles': unpickled(str(said.get('desc')))}
    said = {key: value for key, value in said.items() if value not in (None, '', False, 0, [], {})}
    rows.add('row %s %s' % (word(table), ' '.join('%s=%s' % (key, 'is-set' if SECRET.search(key) and isinstance(value, str) else word(json.dumps(value, sort_keys=True)).strip('"').translate({ord('{'): '(', ord('}'): ')'}))
                                                  for key, value in sorted(said.items()))))
# Code that the database itself runs: only tables and the simple defaults of their columns are expected.
for name, in ask("SELECT tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal"): rows.add('code trigger %s' % word(name))
for name, in ask("SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"):
    rows.add('code function %s' % word(name))
for name, table in ask("SELECT rulename, ev_class::regclass FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = ev_class"
                       " WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"):
    rows.add('code rule %s %s' % (word(name), word(table)))
for table, said in ask("SELECT adrelid::regclass || '.' || attname, pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_attribute ON attrelid = adrelid AND attnum = adnum"):
    if not re.fullmatch(r"nextval\('[\w.\"]+'::regclass\)|'[^']*'::(character varying|text)|-?\d+|true|false|'[\d{}]*'::\w+", said): rows.add('code default %s %s' % (word(table), word(said)))
finish()
