# What PostgreSQL's catalogues contain of PostgreSQL's own, in every database, compared with a cluster that initdb makes now: every
# row and every column, so that neither the age of a row nor what the machine's own databases have in common hides a change. One
# line for each row that is different, missing or additional, compared with scenarios/expected/fresh.txt. Run by root; takes half a
# minute without KVM. Stdin: JSON with the superuser's name, the socket's folder and the port.
#
# initdb itself, the files that it copies and the server are compared with the builder's checksums by the survey "programs". The new
# cluster has no TCP; it lies in a folder that only the superuser enters, with its socket, and is removed at the end.
import shutil

told.update(json.load(sys.stdin))
WORK = '/var/tmp/boxtest-fresh'
# Numbers below this one are initdb's own.
OWN = 16384
# Statistics and ages, which change without anybody's doing; what belongs to databases and roles as a whole is in other surveys.
VOLATILE = {'pg_class': 'relfilenode relpages reltuples relallvisible relallfrozen relfrozenxid relminmxid'.split(), 'pg_index': ['indcheckxmin'],
            'pg_database': ['datfrozenxid', 'datminmxid', 'dathasloginevt']}
LEFT_OUT = 'pg_statistic pg_statistic_ext_data pg_shdepend pg_db_role_setting pg_largeobject pg_replication_origin pg_subscription'.split()
# The column that says whose a row is, where it is neither the first one nor the row's own number.
WHOSE = {'pg_depend': 'objid', 'pg_description': 'objoid', 'pg_shdescription': 'objoid', 'pg_init_privs': 'objoid', 'pg_seclabel': 'objoid', 'pg_shseclabel': 'objoid'}

data = sql('postgres', 'SHOW data_directory')[0][0]
top = '/proc/' + postmaster_of(data)
programs = os.path.dirname(os.path.realpath(top + '/exe'))
encoding, provider, collate, kind, locale = sql('postgres', "SELECT pg_encoding_to_char(encoding), datlocprovider, datcollate, datctype, coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', '') "
                                                            "FROM pg_database d WHERE datname = 'template0'")[0]
CATALOGUES = {}
for name, shared, columns in sql('postgres', "SELECT relname, relisshared, string_agg(attname, ' ' ORDER BY attnum) FROM pg_class c JOIN pg_attribute ON attrelid = c.oid WHERE attnum > 0 AND relkind = 'r' "
                                             "AND relnamespace = 'pg_catalog'::regnamespace AND c.oid < %d GROUP BY 1, 2" % OWN):
    if name not in LEFT_OUT: CATALOGUES[name] = shared == 't', columns.split()


def value(name, column):
    """The column. Since 17.12 a view's columns have a number that each cluster counts for itself."""
    if (name, column) == ('pg_attribute', 'attoptions'): return r"regexp_replace(attoptions::text, 'pg_attver=\d+', 'pg_attver=N')"
    return column


def own_of(name):
    """(the columns that are compared, the column that says what a row is about, the condition for PostgreSQL's own rows)"""
    columns = CATALOGUES[name][1]
    key = 'oid' if 'oid' in columns else WHOSE.get(name, columns[0])
    return [column for column in columns if column not in VOLATILE.get(name, ())], key, '%s::oid < %d' % (key, OWN)


@lru_cache(None)
def digests(ask, shared):
    """{catalogue: the digest of PostgreSQL's own rows in it}"""
    queries = []
    for name in sorted(CATALOGUES):
        columns, _, own = own_of(name)
        if CATALOGUES[name][0] == shared:
            queries.append("SELECT '%s', md5(string_agg(md5(t::text), '' ORDER BY t::text)) FROM (SELECT %s FROM %s WHERE %s) t" % (
                name, ', '.join(value(name, column) for column in columns), name, own))
    return dict(ask(' UNION ALL '.join(queries)))


def rows_in(ask, name):
    """{number of what the row is about: set of rows, each as the JSON of its columns}"""
    columns, key, own = own_of(name)
    found = {}
    for about, row in ask('SELECT %s::oid, jsonb_build_object(%s)::text FROM %s WHERE %s' % (
            key, ', '.join("'%s', %s::text" % (column, value(name, column)) for column in columns), name, own)): found.setdefault(about, set()).add(row)
    return found


def described(ask, name, about):
    columns, key, _ = own_of(name)
    whose = {'objid': 'classid', 'objoid': 'classoid'}.get(key)
    if whose: return ask("SELECT string_agg(DISTINCT pg_describe_object(%s, %s, 0), ',') FROM %s WHERE %s = %s" % (whose, key, name, key, about))[0][0]
    table = name if key == 'oid' else {'aggfnoid': 'pg_proc', 'rngtypid': 'pg_type', 'mapcfg': 'pg_ts_config'}.get(key, 'pg_class')
    return ask("SELECT coalesce(pg_describe_object('%s'::regclass, %s, 0), '%s')" % (table, about, about))[0][0]


def compare(database, fresh, there, shared):
    """Both are functions that ask a server."""
    old, now = digests(fresh, shared), digests(there, shared)
    for name in sorted(name for name in now if now[name] != old[name]):
        before, after = rows_in(fresh, name), rows_in(there, name)
        for about in sorted(set(before) | set(after), key=int):
            gone, new = before.get(about, set()) - after.get(about, set()), after.get(about, set()) - before.get(about, set())
            if not gone and not new: continue
            if about not in after: what = 'gone'
            elif about not in before: what = 'additional'
            elif len(gone) == len(new) == 1:
                was, is_now = json.loads(gone.pop()), json.loads(new.pop())
                what = ','.join('%s=%s' % (column, word(is_now[column]).strip('{}')[:200]) for column in sorted(is_now) if is_now[column] != was[column])
            else: what = '%d-less,%d-more' % (len(gone), len(new))
            rows.add('not-initdbs %s %s %s %s' % (database, name, word(described(there if about in after else fresh, name, about)), what))


def asks(database, **server):
    """A function that asks a server: that of the machine, or another."""
    ask = session_of(database, told['superuser'], **server)
    ask('SET search_path = pg_catalog')
    return ask


# The server's own: initdb takes collations from the locales that these name.
SERVERS = dict(one.split('=', 1) for one in text(top + '/environ').split('\0') if one.startswith(('LOC', 'PATH=')))


def as_superuser(*command):
    """Its output goes to the survey's error output, which the report shows."""
    subprocess.run(command, check=True, cwd='/', stdout=sys.stderr, stdin=subprocess.DEVNULL, env={**SERVERS, 'LC_ALL': 'C.UTF-8'}, **as_user(told['superuser']))


shutil.rmtree(WORK, ignore_errors=True)
os.mkdir(WORK, 0o700)
os.chown(WORK, pwd.getpwnam(told['superuser']).pw_uid, -1)
fresh_data = WORK + '/data'
locales = ['--locale-provider=' + {'c': 'libc', 'i': 'icu', 'b': 'builtin'}[provider], '--lc-collate=' + collate, '--lc-ctype=' + kind]
if locale: locales.append({'i': '--icu-locale=', 'b': '--builtin-locale='}[provider] + locale)
pg_ctl = os.path.join(programs, 'pg_ctl')
try:
    as_superuser(os.path.join(programs, 'initdb'), '-N', '-D', fresh_data, '-U', told['superuser'], '-E', encoding, *locales, '--lc-messages=C', '-A', 'peer')
    as_superuser(pg_ctl, '-D', fresh_data, '-w', '-t', '600', '-s', '-l', WORK + '/log', '-o',
                 "-c listen_addresses= -c unix_socket_directories=%s -c unix_socket_permissions=0700 -c fsync=off -c autovacuum=off -c shared_buffers=16MB" % WORK, 'start')
    try:
        # All databases of a new cluster are copies of this one.
        fresh = asks('template1', directory=WORK, port=5432)
        compare('-', fresh, asks('postgres'), True)
        with every_database_open():
            for name, in sql('postgres', 'SELECT datname FROM pg_database'): compare(name, fresh, asks(name), False)
    finally: as_superuser(pg_ctl, '-D', fresh_data, '-w', '-t', '600', '-s', '-m', 'immediate', 'stop')
finally: shutil.rmtree(WORK)
finish()
