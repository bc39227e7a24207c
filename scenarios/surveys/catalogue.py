# Changes to PostgreSQL's own objects since initdb: built-in functions, rules, views, operators, casts, languages, their rights
# and the record of their initial rights; objects that were added to PostgreSQL's own schemas, or hidden as part of an extension;
# event triggers. In every database, including the templates. One line each, compared with scenarios/expected/catalogue.txt. Run
# by root. Stdin: JSON with the superuser's name, the socket's folder and the port.
#
# A catalogue row contains the number of the transaction that wrote it. The last but one step of initdb creates the language
# plpgsql: a row with a higher number was written later, whatever it contains. All databases are copies of one initdb, so the
# lowest number of plpgsql in any database applies to all: to create plpgsql again hides nothing. 2 is the number of a row that
# was frozen manually; initdb's own numbers are 1 or above 2.
told.update(json.load(sys.stdin))

# The language, the extension and the functions of plpgsql: the lowest number, and the highest oid; initdb assigns oids below
# 16384.
ANCHOR = """
    SELECT min(x::text::bigint), max(o::bigint) FROM (
        SELECT xmin, oid FROM pg_language WHERE lanname = 'plpgsql' UNION ALL SELECT xmin, oid FROM pg_extension WHERE extname = 'plpgsql'
        UNION ALL SELECT xmin, oid FROM pg_proc WHERE proname LIKE 'plpgsql%' AND pronamespace = 'pg_catalog'::regnamespace) n(x, o)"""
LATER = "(xmin::text::bigint > ANCHOR OR xmin::text = '2')"
# The server can be made to count anew, so that an earlier number proves nothing; what has such a number of its own was never initdb's.
ADDED = '(oid >= 16384 OR %s)' % LATER
OWN = "'pg_catalog'::regnamespace, 'information_schema'::regnamespace"
# For objects in a schema, those in PostgreSQL's own schemas; for other objects, all.
NAMESPACE = {'pg_proc': 'pronamespace', 'pg_class': 'relnamespace', 'pg_type': 'typnamespace', 'pg_operator': 'oprnamespace', 'pg_collation': 'collnamespace',
             'pg_conversion': 'connamespace', 'pg_opclass': 'opcnamespace', 'pg_opfamily': 'opfnamespace', 'pg_ts_config': 'cfgnamespace', 'pg_ts_dict': 'dictnamespace',
             'pg_ts_parser': 'prsnamespace', 'pg_ts_template': 'tmplnamespace', 'pg_statistic_ext': 'stxnamespace', 'pg_constraint': 'connamespace'}
BELONGS = {'pg_rewrite': 'ev_class', 'pg_trigger': 'tgrelid', 'pg_attrdef': 'adrelid', 'pg_policy': 'polrelid'}
WHOLE = ('pg_cast pg_language pg_am pg_amop pg_amproc pg_event_trigger pg_foreign_data_wrapper pg_foreign_server pg_extension pg_publication pg_transform').split()
# What an object does, in addition to its name: it may be replaced under an unchanged name.
def short(text): return "regexp_replace(CASE WHEN length(%s) > 60 THEN 'md5:' || md5(%s) ELSE coalesce(nullif(%s, ''), '-') END, '\\s', '_', 'g')" % (text, text, text)


DOES = {'pg_proc': "concat_ws(' ', (SELECT lanname FROM pg_language l WHERE l.oid = prolang), %s, coalesce(probin, '-'), proowner::regrole, "
                   "CASE WHEN prosecdef THEN 'definer' ELSE 'invoker' END, coalesce(array_to_string(proconfig, ','), '-'), coalesce(array_to_string(proacl, ','), '-'))" %
                   short("coalesce(prosrc, '') || coalesce(pg_get_function_sqlbody(oid), '')"),
        'pg_operator': "concat_ws(' ', oprcode, oprowner::regrole)", 'pg_ts_template': "concat_ws(' ', tmplinit, tmpllexize)",
        'pg_ts_dict': "concat_ws(' ', (SELECT tmplname FROM pg_ts_template t WHERE t.oid = dicttemplate), dictowner::regrole, %s)" % short('dictinitoption'),
        'pg_type': "concat_ws(' ', typowner::regrole, typinput, typoutput, typreceive, typsend)", 'pg_extension': "concat_ws(' ', extowner::regrole, extnamespace::regnamespace)"}


def described(table): return "'%s', pg_describe_object('%s'::regclass, oid, 0), %s" % (table, table, DOES.get(table, "''"))


queries = []
for table, column in NAMESPACE.items():
    queries.append("SELECT %s FROM %s c WHERE %s AND (oid < 16384 OR %s IN (%s) OR EXISTS "
                   "(SELECT FROM pg_depend d WHERE d.classid = '%s'::regclass AND d.objid = c.oid AND d.deptype = 'e'))" % (described(table), table, ADDED, column, OWN, table))
for table, column in BELONGS.items():
    queries.append("SELECT %s FROM %s WHERE %s AND (%s < 16384 OR %s IN (SELECT oid FROM pg_class WHERE relnamespace IN (%s)))" % (
        described(table), table, ADDED, column, column, OWN))
for table in WHOLE: queries.append("SELECT %s FROM %s WHERE %s" % (described(table), table, ADDED))
queries.append("SELECT 'pg_attribute', pg_describe_object('pg_class'::regclass, attrelid, attnum::int), '' FROM pg_attribute WHERE %s AND attrelid < 16384" % LATER)
queries.append("SELECT 'pg_aggregate', aggfnoid::regprocedure::text, '' FROM pg_aggregate WHERE %s AND aggfnoid::oid < 16384" % LATER)
queries.append("SELECT 'pg_index', indexrelid::regclass::text, '' FROM pg_index WHERE %s AND indexrelid < 16384" % LATER)
# How a text is split into tokens, and with which dictionaries.
queries.append("SELECT 'pg_ts_config_map', mapcfg::regconfig::text, mapdict::regdictionary::text FROM pg_ts_config_map WHERE %s AND mapcfg < 16384" % LATER)
queries.append("SELECT 'pg_range', rngtypid::regtype::text, '' FROM pg_range WHERE %s AND rngtypid < 16384" % LATER)
queries.append("SELECT 'pg_enum', enumtypid::regtype::text, enumlabel FROM pg_enum WHERE %s AND enumtypid < 16384" % LATER)
queries.append("SELECT 'pg_init_privs', pg_describe_object(classoid, objoid, objsubid), '' FROM pg_init_privs WHERE %s" % LATER)
# Comments and labels, which each role reads: on objects of PostgreSQL's own, on whole databases and roles (told once), and longer
# ones than a field or a table of an application has.
queries.append("SELECT 'pg_description', pg_describe_object(classoid, objoid, objsubid), %s FROM pg_description WHERE %s AND (objoid < 16384 OR length(description) > 250)" % (short('description'), LATER))
queries.append("SELECT 'pg_shdescription', pg_describe_object(classoid, objoid, 0), %s FROM pg_shdescription WHERE %s AND current_database() = 'postgres'" % (short('description'), LATER))
queries.append("SELECT 'pg_seclabel', pg_describe_object(classoid, objoid, objsubid), provider FROM pg_seclabel")
queries.append("SELECT 'pg_shseclabel', pg_describe_object(classoid, objoid, 0), provider FROM pg_shseclabel WHERE current_database() = 'postgres'")
# The server's transaction counter can be reset, so that a later row has an earlier number. Therefore the objects of PostgreSQL's
# own in each database are also compared with those in the other databases: all come from one initdb, and from the template that
# accepts no connections. (What was changed in all of them so: the survey "fresh".)
CONTENT = {'pg_proc': ('oid', 'proname, pronamespace, prolang, prosrc, probin, proowner, prosecdef, proconfig::text, prorettype, proargtypes::text, provolatile, proisstrict, prosupport'),
           'pg_rewrite': ('oid', 'rulename, ev_class, ev_type, ev_enabled, ev_qual::text, ev_action::text'), 'pg_cast': ('oid', 'castsource, casttarget, castfunc, castcontext, castmethod'),
           'pg_operator': ('oid', 'oprname, oprowner, oprleft, oprright, oprcode, oprrest, oprjoin'), 'pg_type': ('oid', 'typname, typowner, typinput, typoutput, typreceive, typsend, typelem'),
           'pg_language': ('oid', 'lanname, lanowner, lanpltrusted, lanplcallfoid, laninline, lanvalidator'), 'pg_amproc': ('oid', 'amprocfamily, amproclefttype, amprocrighttype, amprocnum, amproc'),
           'pg_ts_config_map': ('mapcfg', 'maptokentype, mapseqno, mapdict'), 'pg_aggregate': ('aggfnoid::oid', 'aggtransfn, aggfinalfn, aggcombinefn, aggsortop')}
contents = ["SELECT '%s', md5(string_agg(concat_ws('|', %s, %s), E'\\n' ORDER BY %s, %s)) FROM %s WHERE %s < 16384" % (table, key, columns, key, 'mapseqno, maptokentype' if key == 'mapcfg' else '1', table, key)
            for table, (key, columns) in CONTENT.items()]
# A new database is a copy of a template: whatever a template has in any schema, the copy has, too.
WITH_NUMBER = [name for name, in sql('postgres', "SELECT relname FROM pg_class c JOIN pg_attribute ON attrelid = c.oid WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' "
                                                 "AND NOT relisshared AND attname = 'oid' AND attnum > 0 AND c.oid < 16384 ORDER BY 1")]
OF_TEMPLATE = ' UNION ALL '.join(["SELECT '%s', coalesce(pg_describe_object('%s'::regclass, oid, 0), oid::text) FROM pg_catalog.%s WHERE oid >= 16384" % (name, name, name) for name in WITH_NUMBER]
                                 + ["SELECT 'rights', nspname || ' ' || coalesce(array_to_string(nspacl, ','), '-') FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'"])
DATABASES = sql('postgres', 'SELECT datname, datallowconn, datistemplate FROM pg_database ORDER BY 1')
# New databases are copied from a template that accepts no connections.
with every_database_open():
    anchors = {name: tuple(int(one or 0) for one in sql(name, ANCHOR)[0]) for name, _, _ in DATABASES}
    first = min(anchors.values())[0]
    own = {}
    for name, connects, template in DATABASES:
        rows.add('database %s %s %s' % (name, 'open' if connects == 't' else 'closed', 'template' if template == 't' else 'data'))
        rows.add('anchor %s %s' % (name, 'of-initdb' if anchors[name][0] == first > 2 and anchors[name][1] < 16384 else 'made-later'))
        if template == 't' or connects != 't':
            for table, what in sql(name, OF_TEMPLATE): rows.add('template %s %s %s' % (name, table, word(what)))
        for table, digest in sql(name, ' UNION ALL '.join(contents)): own.setdefault(table, {}).setdefault(digest, []).append(name)
        for table, what, does in sql(name, ' UNION ALL '.join(queries).replace('ANCHOR', str(first))):
            rows.add(('changed %s %s %s %s' % (name, table, word(what), does)).rstrip())
    for table, found in own.items():
        usual = max(found.values(), key=lambda names: (names and 'template0' in names, len(names)))
        for names in found.values():
            if names is not usual: rows.update('differs %s %s' % (name, table) for name in names)
finish()
