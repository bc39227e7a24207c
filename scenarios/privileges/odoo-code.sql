-- Whatever can make PostgreSQL run somebody's code, or stand in the place of what a person means, in this database, and is not a
-- superuser's nor of an extension that is a superuser's: kind | object | what. Run with search_path = pg_catalog, so that all
-- else is printed with its schema. PostgreSQL 13 to 18.
--
-- Code, and what leads to code, is listed by name. An expression (a default, an index's, a constraint's) is listed if it calls a
-- function that is not a superuser's, or a volatile one other than nextval(): set_config() and query_to_xml() are PostgreSQL's
-- own, and change the session or run SQL.
WITH own(oid) AS (SELECT oid FROM pg_roles WHERE NOT rolsuper),
  -- What a superuser's extension has made.
  member AS (SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
             WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extowner NOT IN (SELECT oid FROM own)),
  -- The owner of pg_database_owner's schema is the database's.
  named(kind, classid, oid, what) AS (
    SELECT CASE prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END, 'pg_proc'::regclass, p.oid, lanname::text
    FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE proowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'operator', 'pg_operator'::regclass, oid, 'runs ' || oprcode FROM pg_operator WHERE oprowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'operator class', 'pg_opclass'::regclass, oid, '' FROM pg_opclass WHERE opcowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'operator family', 'pg_opfamily'::regclass, oid, '' FROM pg_opfamily WHERE opfowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'cast', 'pg_cast'::regclass, c.oid, CASE WHEN castfunc = 0 THEN 'without a function' ELSE 'runs ' || castfunc::regprocedure END
    FROM pg_cast c WHERE c.oid >= 16384
    UNION ALL SELECT 'type', 'pg_type'::regclass, t.oid, CASE typtype WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range'
        WHEN 'c' THEN 'composite' ELSE 'base' END
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
    WHERE typowner IN (SELECT oid FROM own) AND (typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND relkind = 'c') OR (typtype = 'b' AND typelem = 0))
    UNION ALL SELECT 'collation', 'pg_collation'::regclass, oid, '' FROM pg_collation WHERE collowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'conversion', 'pg_conversion'::regclass, oid, '' FROM pg_conversion WHERE conowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'text search dictionary', 'pg_ts_dict'::regclass, oid, '' FROM pg_ts_dict WHERE dictowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'text search configuration', 'pg_ts_config'::regclass, oid, '' FROM pg_ts_config WHERE cfgowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'extension', 'pg_extension'::regclass, oid, '' FROM pg_extension WHERE extowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'schema', 'pg_namespace'::regclass, oid, '' FROM pg_namespace
    WHERE nspowner IN (SELECT oid FROM own WHERE oid <> coalesce(to_regrole('pg_database_owner')::oid, 0)) AND nspname <> 'public'
    UNION ALL SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END, 'pg_class'::regclass, oid, ''
    FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND relowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'trigger', 'pg_trigger'::regclass, t.oid, 'runs ' || tgfoid::regprocedure
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND relowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'rule', 'pg_rewrite'::regclass, w.oid, ''
    FROM pg_rewrite w JOIN pg_class c ON c.oid = ev_class WHERE rulename <> '_RETURN' AND relowner IN (SELECT oid FROM own)
    UNION ALL SELECT 'policy', 'pg_policy'::regclass, p.oid, '' FROM pg_policy p JOIN pg_class c ON c.oid = polrelid
    WHERE relowner IN (SELECT oid FROM own)),
  -- Each call stands in the stored tree with its function's number.
  expression(kind, classid, oid, sub, relation, tree, what) AS (
    SELECT CASE attgenerated WHEN '' THEN 'default' ELSE 'generated column' END, 'pg_class'::regclass, adrelid, adnum::int, adrelid, adbin::text,
           pg_get_expr(adbin, adrelid)
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    UNION ALL SELECT 'constraint', 'pg_constraint'::regclass, oid, 0, conrelid, conbin::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conbin IS NOT NULL AND conrelid <> 0
    UNION ALL SELECT 'index', 'pg_class'::regclass, indexrelid, 0, indrelid, concat(indexprs::text, indpred::text), pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indexprs IS NOT NULL OR indpred IS NOT NULL
    UNION ALL SELECT 'partition key', 'pg_class'::regclass, partrelid, 0, partrelid, partexprs::text, pg_get_partkeydef(partrelid)
    FROM pg_partitioned_table WHERE partexprs IS NOT NULL
    UNION ALL SELECT 'statistics', 'pg_statistic_ext'::regclass, s.oid, 0, stxrelid, to_jsonb(s) ->> 'stxexprs', '' FROM pg_statistic_ext s
    WHERE to_jsonb(s) ->> 'stxexprs' IS NOT NULL
    UNION ALL SELECT 'view', 'pg_class'::regclass, ev_class, 0, ev_class, ev_action::text, 'its query' FROM pg_rewrite WHERE rulename = '_RETURN'),
  called AS (
    SELECT e.kind, e.classid, e.oid, e.sub, e.what, array_agg(DISTINCT f.oid::regprocedure::text) AS functions
    FROM expression e JOIN pg_class c ON c.oid = e.relation,
         LATERAL regexp_matches(tree, ':(?:funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid) (\d+)', 'g') call JOIN pg_proc f ON f.oid = call[1]::oid
    WHERE relowner IN (SELECT oid FROM own) AND f.oid <> 'nextval(regclass)'::regprocedure
          AND (provolatile = 'v' OR proowner IN (SELECT oid FROM own))
    GROUP BY e.kind, e.classid, e.oid, e.sub, e.what)
SELECT kind, pg_describe_object(classid, oid, 0), what FROM named
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = named.classid AND m.objid = named.oid)
UNION ALL
SELECT kind, pg_describe_object(classid, oid, sub), 'calls ' || array_to_string(functions, ', ') || CASE what WHEN '' THEN '' ELSE ': ' || what END FROM called
ORDER BY 1, 2, 3
