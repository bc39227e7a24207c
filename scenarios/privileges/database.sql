-- One database's part of the privilege matrix: see cluster.sql. app(oid) is the application that owns the database, if any: its
-- tables change with its version, so they must follow one rule per role, and only deviations are listed.

-- == owners: everything that initdb did not make, but the application's own tables, functions and types; and what of initdb's has
-- changed hands
SELECT 'owner', pg_describe_object(o.classid, o.oid, 0), r.name, ''
FROM (SELECT 'pg_class'::regclass AS classid, oid, relowner AS owner, relkind <> 'f' AS usual FROM pg_class
      WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'S', 'c') AND relpersistence <> 't'
      UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, true FROM pg_proc
      UNION ALL SELECT 'pg_type'::regclass, oid, typowner, true FROM pg_type WHERE typtype IN ('d', 'e', 'r', 'b') AND typelem = 0
      UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner, true FROM pg_operator
      UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner, true FROM pg_opclass
      UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner, true FROM pg_opfamily
      UNION ALL SELECT 'pg_collation'::regclass, oid, collowner, true FROM pg_collation
      UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner, true FROM pg_conversion
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner, true FROM pg_ts_dict
      UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner, true FROM pg_ts_config
      UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner, true FROM pg_statistic_ext
      UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner, false FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
      UNION ALL SELECT 'pg_language'::regclass, oid, lanowner, false FROM pg_language
      UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner, false FROM pg_largeobject_metadata
      UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, false FROM pg_foreign_data_wrapper
      UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner, false FROM pg_foreign_server
      UNION ALL SELECT 'pg_event_trigger'::regclass, oid, evtowner, false FROM pg_event_trigger
      UNION ALL SELECT 'pg_publication'::regclass, oid, pubowner, false FROM pg_publication) o
     LEFT JOIN pg_depend d ON d.classid = o.classid AND d.objid = o.oid AND d.objsubid = 0 AND d.deptype = 'e'
     LEFT JOIN pg_extension e ON e.oid = d.refobjid
     LEFT JOIN app ON app.oid = o.owner AND o.usual
     JOIN role r ON r.oid = o.owner
WHERE (o.oid >= 16384 OR o.owner <> 10 OR o.classid = 'pg_largeobject'::regclass)
      AND CASE WHEN o.oid < 16384 THEN o.owner <> 10 OR o.classid = 'pg_largeobject'::regclass
               WHEN e.oid IS NOT NULL THEN e.extowner <> o.owner
               ELSE app.oid IS NULL END

-- == what else nobody owns, but only a superuser makes
SELECT 'exists', pg_describe_object(o.classid, o.oid, 0), '-', ''
FROM (SELECT 'pg_cast'::regclass AS classid, oid FROM pg_cast
      UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am
      UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform) o
WHERE o.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.classid AND d.objid = o.oid AND d.deptype = 'e')

-- == user mappings of foreign servers
SELECT 'exists', 'user mapping on server ' || srvname, r.name, ''
FROM pg_user_mapping m JOIN pg_foreign_server s ON s.oid = m.umserver LEFT JOIN role r ON r.oid = m.umuser

-- == extensions and languages
SELECT 'extension', extname, r.name, 'in schema ' || extnamespace::regnamespace
FROM pg_extension JOIN role r ON r.oid = extowner
UNION ALL SELECT 'language', lanname, r.name, CASE WHEN lanpltrusted THEN 'trusted' ELSE 'untrusted' END
FROM pg_language JOIN role r ON r.oid = lanowner

-- == rights, against what initdb or the extension's script set, else against what such an object begins with. What PUBLIC reads
-- in information_schema is not recorded by initdb, and left out.
SELECT CASE WHEN d.more THEN 'grant' ELSE 'revoked' END, pg_describe_object(o.classid, o.oid, o.sub), r.name,
       string_agg(d.what, ', ' ORDER BY d.what)
FROM (SELECT 'pg_class'::regclass AS classid, c.oid, 0 AS sub, relacl AS acl, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS kind,
             relowner AS owner, CASE relnamespace WHEN 'information_schema'::regnamespace THEN 'SELECT' END AS usual
      FROM pg_class c LEFT JOIN app ON app.oid = relowner
      WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'S') AND relpersistence <> 't' AND app.oid IS NULL
      UNION ALL SELECT 'pg_class'::regclass, attrelid, attnum, attacl, 'c', 10, NULL FROM pg_attribute WHERE attacl IS NOT NULL
      UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proacl, 'f', proowner, NULL FROM pg_proc
      UNION ALL SELECT 'pg_type'::regclass, oid, 0, typacl, 'T', typowner, NULL FROM pg_type
      UNION ALL SELECT 'pg_namespace'::regclass, oid, 0, nspacl, 'n', nspowner, CASE nspname WHEN 'information_schema' THEN 'USAGE' END
      FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
      UNION ALL SELECT 'pg_language'::regclass, oid, 0, lanacl, 'l', lanowner, NULL FROM pg_language
      UNION ALL SELECT 'pg_largeobject'::regclass, oid, 0, lomacl, 'L', lomowner, NULL FROM pg_largeobject_metadata
      UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl, 'F', fdwowner, NULL FROM pg_foreign_data_wrapper
      UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 0, srvacl, 'S', srvowner, NULL FROM pg_foreign_server) o
     LEFT JOIN pg_init_privs i ON i.classoid = o.classid AND i.objoid = o.oid AND i.objsubid = o.sub,
     LATERAL (
       (SELECT true AS more, grantee, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what
        FROM aclexplode(coalesce(o.acl, acldefault(o.kind, o.owner)))
        EXCEPT SELECT true, grantee, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        FROM aclexplode(coalesce(i.initprivs, acldefault(o.kind, o.owner))))
       UNION ALL
       (SELECT false, grantee, privilege_type FROM aclexplode(coalesce(i.initprivs, acldefault(o.kind, o.owner)))
        EXCEPT SELECT false, grantee, privilege_type FROM aclexplode(coalesce(o.acl, acldefault(o.kind, o.owner))))) d
     LEFT JOIN role r ON r.oid = d.grantee
WHERE o.acl IS DISTINCT FROM i.initprivs
      AND (o.usual IS NULL OR o.acl::text <> (acldefault(o.kind, o.owner) || makeaclitem(0, o.owner, o.usual, false))::text)
GROUP BY d.more, o.classid, o.oid, o.sub, r.name

-- == the rule for the application's tables and sequences: what most of them have; and each that has more or less
, rel AS (SELECT c.oid, relnamespace AS schema, CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
                 coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)) AS acl
          FROM pg_class c JOIN app ON app.oid = relowner
          WHERE relkind IN ('r', 'v', 'm', 'p', 'S') AND relpersistence <> 't'),
  rule AS (SELECT schema, kind, mode() WITHIN GROUP (ORDER BY acl::text) ::aclitem[] AS acl FROM rel GROUP BY schema, kind),
  odd AS (SELECT oid, kind, rel.acl, rule.acl AS rule FROM rel JOIN rule USING (schema, kind) WHERE rel.acl::text <> rule.acl::text)
SELECT 'rule', format('every %s of %s in schema %s', kind, (SELECT name FROM role JOIN app USING (oid)), schema::regnamespace), r.name,
       string_agg(privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY privilege_type)
FROM rule, aclexplode(acl) LEFT JOIN role r ON r.oid = grantee GROUP BY kind, schema, r.name
UNION ALL
SELECT CASE WHEN d.more THEN 'beyond the rule' ELSE 'short of the rule' END, format('%s %s', kind, odd.oid::regclass), r.name,
       string_agg(d.what, ', ' ORDER BY d.what)
FROM odd, LATERAL (
       (SELECT true AS more, grantee, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what
        FROM aclexplode(odd.acl)
        EXCEPT SELECT true, grantee, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        FROM aclexplode(rule))
       UNION ALL
       (SELECT false, grantee, privilege_type FROM aclexplode(rule) EXCEPT SELECT false, grantee, privilege_type FROM aclexplode(odd.acl))) d
     LEFT JOIN role r ON r.oid = d.grantee
GROUP BY d.more, kind, odd.oid, r.name

-- == rights that objects will be born with; without a schema the entry stands for the whole default
SELECT CASE WHEN x.more THEN 'default' ELSE 'default revoked' END,
       format('%s that %s makes %s', CASE x.defaclobjtype WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'function'
         WHEN 'T' THEN 'type' WHEN 'n' THEN 'schema' WHEN 'L' THEN 'large object' ELSE x.defaclobjtype::text END, m.name,
         coalesce('in schema ' || nspname, 'anywhere')), r.name, string_agg(x.what, ', ' ORDER BY x.what)
FROM (SELECT true AS more, defaclrole, defaclnamespace, defaclobjtype, a.grantee,
             a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what
      FROM pg_default_acl, aclexplode(defaclacl) a
      UNION ALL
      SELECT false, defaclrole, 0, defaclobjtype, b.grantee, b.privilege_type
      FROM pg_default_acl d, aclexplode(acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole)) b
      WHERE defaclnamespace = 0 AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) a
                                                WHERE a.grantee = b.grantee AND a.privilege_type = b.privilege_type)) x
     JOIN role m ON m.oid = x.defaclrole LEFT JOIN role r ON r.oid = x.grantee LEFT JOIN pg_namespace n ON n.oid = x.defaclnamespace
GROUP BY x.more, x.defaclobjtype, m.name, nspname, r.name

-- == functions that lend their owner's rights, or run machine code outside of an extension
SELECT 'function', pg_describe_object('pg_proc'::regclass, p.oid, 0), r.name,
       concat_ws(', ', CASE WHEN prosecdef THEN 'SECURITY DEFINER' END, lanname, array_to_string(proconfig, ', '))
FROM pg_proc p JOIN pg_language l ON l.oid = prolang JOIN role r ON r.oid = proowner
WHERE prosecdef OR (p.oid >= 16384 AND NOT lanpltrusted
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))

-- == triggers and rules: all but the application's own on its own tables; and the constraints that were switched off
SELECT 'trigger', pg_describe_object('pg_trigger'::regclass, t.oid, 0), r.name,
       format('runs %s, enabled %s', tgfoid::regprocedure, tgenabled)
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid JOIN role r ON r.oid = proowner
WHERE CASE WHEN tgisinternal THEN tgenabled <> 'O'
           ELSE NOT EXISTS (SELECT FROM app WHERE app.oid = relowner AND app.oid = proowner) END
UNION ALL SELECT 'trigger', pg_describe_object('pg_rewrite'::regclass, w.oid, 0), r.name, format('rule, enabled %s', ev_enabled)
FROM pg_rewrite w JOIN pg_class c ON c.oid = ev_class JOIN role r ON r.oid = relowner
WHERE rulename <> '_RETURN' AND w.oid >= 16384

-- == row security
SELECT 'row security', pg_describe_object('pg_class'::regclass, oid, 0), '-', CASE WHEN relforcerowsecurity THEN 'forced' ELSE 'on' END
FROM pg_class WHERE relrowsecurity OR relforcerowsecurity
UNION ALL SELECT 'row security', pg_describe_object('pg_policy'::regclass, p.oid, 0), r.name,
                 concat_ws(', ', polcmd, CASE WHEN NOT polpermissive THEN 'restrictive' END)
FROM pg_policy p, unnest(polroles) u LEFT JOIN role r ON r.oid = u

-- == security labels
SELECT 'label', pg_describe_object(classoid, objoid, objsubid), '-', provider || ' ' || label FROM pg_seclabel

-- == prepared transactions, which outlive their session and keep its rights
SELECT 'prepared', 'transaction ' || gid, r.name, '' FROM pg_prepared_xacts JOIN role r ON r.raw = owner WHERE database = current_database()
