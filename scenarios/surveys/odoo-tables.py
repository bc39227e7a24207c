# Every table of Odoo's database that has rows: keys, devices, servers and hooks would be in tables that a fresh Odoo leaves
# empty. And how the tables are built, where it is otherwise than Odoo's own lists of fields and constraints say: what may refuse
# a row, forget it at a crash, or delete it along with another. Compared with scenarios/expected/odoo-tables.txt. Run by root; the
# queries run as Odoo's role. Stdin: JSON: odoo, odooDatabase, directory, port.
told.update(json.load(sys.stdin))
ask = session_of(told['odooDatabase'], told['odoo'])
every = ask("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE relkind IN ('r', 'p', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'")
shows = {table if schema == 'public' else schema + '.' + table: '.'.join('"%s"' % one.replace('"', '""') for one in (schema, table)) for schema, table in every}
for table, in ask(' UNION ALL '.join("SELECT '%s' WHERE EXISTS (SELECT FROM %s)" % (name.replace("'", "''"), quoted) for name, quoted in shows.items())):
    rows.add('filled %s' % word(table))


# --- How the tables are built
def plain(definition):
    """A definition without what PostgreSQL adds to it when it prints it."""
    for pattern, other in ((r'^create ', ''), (r'\bindex \S+ on \S+ using btree', 'index'), (r'::[a-z]+( varying| without time zone| precision)?(\[\])?', ''), (r'\bnot like\b', '!~~'), (r'\blike\b', '~~'), ('!=', '<>'), (r'[\s()"]', ''), (r'=anyarray\[([^]]*)\]', r'in\1')):
        definition = re.sub(pattern, other, definition.lower())
    return definition


known = {name: plain(definition) for name, definition in ask("SELECT name, definition FROM public.ir_model_constraint WHERE type <> 'f' AND definition <> ''")}
there = {name: definition for name, definition in ask("""
    SELECT conname, pg_get_constraintdef(oid) || CASE WHEN convalidated THEN '' ELSE ' not valid' END FROM pg_catalog.pg_constraint WHERE contype NOT IN ('f', 'p', 'n') AND connamespace = 'public'::regnamespace
    UNION ALL SELECT relname, pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' not valid' END FROM pg_catalog.pg_index JOIN pg_catalog.pg_class c ON c.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE conindid = indexrelid AND contype <> 'f') AND (indisunique OR relname IN (SELECT name FROM public.ir_model_constraint))""")}
for name, definition in there.items():
    if plain(definition) != known.get(name): rows.add('built constraint %s %s' % (name, word(definition)))
for name in known.keys() - there.keys(): rows.add('built without %s' % name)
# Of the fields that are columns, with their tables.
for row in ask("""
    WITH f AS MATERIALIZED (SELECT CASE WHEN model = 'ir.actions.report' THEN 'ir_act_report_xml' WHEN model = 'ir.actions.actions' THEN 'ir_actions'
        WHEN model ~ '^ir[.]actions[.](act_|server$|client$)' THEN replace(regexp_replace(model, '^ir[.]actions[.](act_)?', 'ir.act_'), '.', '_') ELSE replace(model, '.', '_') END AS place, name, ttype, size, on_delete, required FROM public.ir_model_fields WHERE store)
    SELECT 'deletes', r.relname || '.' || attname, CASE confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set-null' WHEN 'r' THEN 'restrict' ELSE confdeltype::text END
    FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_class r ON r.oid = conrelid JOIN pg_catalog.pg_attribute ON attrelid = r.oid AND attnum = conkey[1]
    LEFT JOIN f ON place = r.relname AND name = attname AND ttype = 'many2one'
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confdeltype <> CASE on_delete WHEN 'set null' THEN 'n' WHEN 'restrict' THEN 'r' ELSE 'c' END
    UNION ALL SELECT CASE WHEN attnotnull THEN 'not-empty' ELSE 'may-be-empty' END, r.relname || '.' || attname, '-' FROM pg_catalog.pg_class r
    JOIN pg_catalog.pg_attribute ON attrelid = r.oid AND attnum > 0 LEFT JOIN f ON place = r.relname AND name = attname
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT attisdropped AND attname <> 'id' AND attnotnull <> coalesce(required, attnotnull)
    UNION ALL SELECT 'default', adrelid::regclass || '.' || attname, pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_attribute ON attrelid = adrelid AND attnum = adnum
    JOIN pg_catalog.pg_class r ON r.oid = adrelid WHERE relnamespace = 'public'::regnamespace AND pg_get_expr(adbin, adrelid) !~ '^nextval'
    UNION ALL SELECT 'kept', relname, concat_ws(' ', CASE relpersistence WHEN 'u' THEN 'unlogged' END, CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'rows-by-policy' END, array_to_string(reloptions, ','))
    FROM pg_catalog.pg_class WHERE relnamespace = 'public'::regnamespace AND (relpersistence <> 'p' OR reloptions IS NOT NULL OR relrowsecurity OR relforcerowsecurity)
    UNION ALL SELECT 'column', r.relname || '.' || attname, format_type(atttypid, atttypmod) || '-for-' || ttype FROM f JOIN pg_catalog.pg_class r ON r.relname = place AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    JOIN pg_catalog.pg_attribute ON attrelid = r.oid AND attname = name AND NOT attisdropped
    WHERE format_type(atttypid, atttypmod) <> ALL (CASE ttype WHEN 'char' THEN ARRAY[concat('character varying', '(' || nullif(size, 0) || ')'), 'jsonb'] WHEN 'text' THEN ARRAY['text', 'jsonb'] WHEN 'html' THEN ARRAY['text', 'jsonb']
        WHEN 'boolean' THEN ARRAY['boolean', 'jsonb'] WHEN 'integer' THEN ARRAY['integer', 'jsonb'] WHEN 'many2one' THEN ARRAY['integer', 'jsonb'] WHEN 'many2one_reference' THEN ARRAY['integer'] WHEN 'float' THEN ARRAY['numeric', 'double precision', 'jsonb']
        WHEN 'monetary' THEN ARRAY['numeric', 'jsonb'] WHEN 'date' THEN ARRAY['date', 'jsonb'] WHEN 'datetime' THEN ARRAY['timestamp without time zone', 'jsonb'] WHEN 'selection' THEN ARRAY['character varying', 'jsonb']
        WHEN 'reference' THEN ARRAY['character varying'] WHEN 'binary' THEN ARRAY['bytea'] ELSE ARRAY['jsonb'] END)
    UNION ALL SELECT 'view', relname, md5(pg_get_viewdef(oid)) FROM pg_catalog.pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'without-key', relname, '-' FROM pg_catalog.pg_class r WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = r.oid AND contype = 'p')
    UNION ALL SELECT 'no-numbers', relname, '-' FROM pg_catalog.pg_class r JOIN pg_catalog.pg_attribute ON attrelid = r.oid AND attname = 'id'
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT atthasdef AND attidentity = ''
    UNION ALL SELECT 'unused', relname, 'index' FROM pg_catalog.pg_index JOIN pg_catalog.pg_class c ON c.oid = indexrelid WHERE relnamespace = 'public'::regnamespace AND NOT (indisvalid AND indisready AND indislive)
    UNION ALL SELECT 'numbers', sequencename, 'near-the-end' FROM pg_catalog.pg_sequences WHERE schemaname = 'public' AND last_value > 0.9 * least(max_value, 2147483647)
    UNION ALL SELECT 'numbers', seqrelid::regclass::text, 'end-at-' || seqmax FROM pg_catalog.pg_sequence WHERE seqmax < 2147483647 OR seqcycle OR seqincrement <> 1"""):
    rows.add('built ' + ' '.join(word(one) for one in row))
owned = []
# The next row of a table gets a number that another row has. The question knows older rows, and a sequence's newest number.
for sequence, table, column in ask("SELECT s.oid::regclass, adrelid::regclass, attname FROM pg_catalog.pg_attrdef a JOIN pg_catalog.pg_depend d ON classid = 'pg_attrdef'::regclass AND objid = a.oid"
                                   " JOIN pg_catalog.pg_class s ON refclassid = 'pg_class'::regclass AND s.oid = refobjid AND relkind = 'S' JOIN pg_catalog.pg_attribute ON attrelid = adrelid AND attnum = adnum"
                                   " WHERE s.relnamespace = 'public'::regnamespace"):
    owned.append("SELECT '%s', 'behind-' || max(\"%s\") FROM %s HAVING max(\"%s\") > (SELECT last_value FROM %s)" % (sequence, column, table, column, sequence))
for row in ask(' UNION ALL '.join(owned)): rows.add('built numbers ' + ' '.join(word(one) for one in row))
# A key refuses later rows only: one that was switched off for a while may have let in a row that refers to none.
referring = ask("SELECT conname, conrelid::regclass, quote_ident(a.attname), confrelid::regclass, quote_ident(b.attname) FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]"
                " JOIN pg_catalog.pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1] WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND cardinality(conkey) = 1")
if len(referring) < 50: sys.exit('Odoo has %d keys that refer to others' % len(referring))
filled = {row.split(' ', 1)[1] for row in rows if row.startswith('filled ')}
alone = ["SELECT '%s' WHERE EXISTS (SELECT FROM ONLY %s r WHERE %s IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY %s o WHERE o.%s = r.%s))" % (name, table, column, other, theirs, column)
         for name, table, column, other, theirs in referring if table.strip('"') in filled]
for name, in ask(' UNION ALL '.join(alone)): rows.add('built refers-to-nothing ' + word(name))
finish()
