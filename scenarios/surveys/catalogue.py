# What was changed of PostgreSQL's own since initdb: built-in functions, rules, views, operators, casts, languages, their rights and the
# record of what their rights once were; what was added to PostgreSQL's own schemas or hidden as part of an extension; event triggers.
# In every database, the templates too. One line each, held against scenarios/expected/catalogue.txt. Run by root. Stdin: JSON with
# the superuser's name, the socket's folder and the port.
#
# A row of a catalogue carries the number of the transaction that wrote it. initdb's last but one step is to make the language
# plpgsql: what has a higher number was written later, whatever it says of itself.
told.update(json.load(sys.stdin))

# The lowest of three, so that none of them can be lifted by a change of its own.
LATER = ("xmin::text::bigint > (SELECT min(x) FROM (SELECT xmin::text::bigint x FROM pg_language WHERE lanname = 'plpgsql' UNION ALL "
         "SELECT xmin::text::bigint FROM pg_extension WHERE extname = 'plpgsql' UNION ALL SELECT min(xmin::text::bigint) FROM pg_proc WHERE proname LIKE 'plpgsql%') n)")
OWN = "'pg_catalog'::regnamespace, 'information_schema'::regnamespace"
# Of things that lie in a schema those of PostgreSQL's own; of others all that there are.
NAMESPACE = {'pg_proc': 'pronamespace', 'pg_class': 'relnamespace', 'pg_type': 'typnamespace', 'pg_operator': 'oprnamespace', 'pg_collation': 'collnamespace',
             'pg_conversion': 'connamespace', 'pg_opclass': 'opcnamespace', 'pg_opfamily': 'opfnamespace', 'pg_ts_config': 'cfgnamespace', 'pg_ts_dict': 'dictnamespace',
             'pg_ts_parser': 'prsnamespace', 'pg_ts_template': 'tmplnamespace', 'pg_statistic_ext': 'stxnamespace', 'pg_constraint': 'connamespace'}
BELONGS = {'pg_rewrite': 'ev_class', 'pg_trigger': 'tgrelid', 'pg_attrdef': 'adrelid', 'pg_policy': 'polrelid'}
WHOLE = ('pg_cast pg_language pg_am pg_amop pg_amproc pg_event_trigger pg_foreign_data_wrapper pg_foreign_server pg_extension pg_publication pg_transform').split()
queries = []
for table, column in NAMESPACE.items():
    queries.append("SELECT '%s', pg_describe_object('%s'::regclass, oid, 0) FROM %s c WHERE %s AND (oid < 16384 OR %s IN (%s) OR EXISTS "
                   "(SELECT FROM pg_depend d WHERE d.classid = '%s'::regclass AND d.objid = c.oid AND d.deptype = 'e'))" % (table, table, table, LATER, column, OWN, table))
for table, column in BELONGS.items():
    queries.append("SELECT '%s', pg_describe_object('%s'::regclass, oid, 0) FROM %s WHERE %s AND (%s < 16384 OR %s IN (SELECT oid FROM pg_class WHERE relnamespace IN (%s)))" % (
        table, table, table, LATER, column, column, OWN))
for table in WHOLE: queries.append("SELECT '%s', pg_describe_object('%s'::regclass, oid, 0) FROM %s WHERE %s" % (table, table, table, LATER))
queries.append("SELECT 'pg_attribute', pg_describe_object('pg_class'::regclass, attrelid, attnum::int) FROM pg_attribute WHERE %s AND attrelid < 16384" % LATER)
queries.append("SELECT 'pg_aggregate', aggfnoid::regprocedure::text FROM pg_aggregate WHERE %s AND aggfnoid::oid < 16384" % LATER)
queries.append("SELECT 'pg_index', indexrelid::regclass::text FROM pg_index WHERE %s AND indexrelid < 16384" % LATER)
queries.append("SELECT 'pg_init_privs', pg_describe_object(classoid, objoid, objsubid) FROM pg_init_privs WHERE %s" % LATER)
DATABASES = sql('postgres', 'SELECT datname, datallowconn, datistemplate FROM pg_database ORDER BY 1')
for name, connects, template in DATABASES:
    rows.add('database %s %s %s' % (name, 'open' if connects == 't' else 'closed', 'template' if template == 't' else 'data'))
    # A template that nobody enters is where new databases come from.
    quoted = '"%s"' % name.replace('"', '""')
    if connects != 't': sql('postgres', 'ALTER DATABASE %s ALLOW_CONNECTIONS true' % quoted, writes=True)
    try:
        for table, what in sql(name, ' UNION ALL '.join(queries)): rows.add('changed %s %s %s' % (name, table, word(what)))
    finally:
        if connects != 't': sql('postgres', 'ALTER DATABASE %s ALLOW_CONNECTIONS false' % quoted, writes=True)
finish()
