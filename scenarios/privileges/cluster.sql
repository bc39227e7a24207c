-- The cluster's part of the privilege matrix. Each "-- ==" begins one query that returns kind, object, role, what; "since N" is
-- the first server version (as server_version_num) that supports the query. PrivilegeMatrix.cpp prepends to each query: role(oid,
-- raw, name) and db(oid, raw, name), where `name` is the placeholder of a name in the manifest, and app(oid).

-- == roles: of PostgreSQL's own ones only what is odd
SELECT 'role', '-', r.name, a.what
FROM pg_authid u JOIN role r ON r.oid = u.oid, LATERAL (SELECT concat_ws(', ',
    CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolsuper THEN 'SUPERUSER' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
    CASE WHEN NOT rolinherit THEN 'NOINHERIT' END, CASE WHEN rolpassword IS NOT NULL THEN 'PASSWORD' END,
    CASE WHEN rolconnlimit <> -1 THEN 'CONNECTION LIMIT ' || rolconnlimit END,
    'VALID UNTIL ' || rolvaliduntil::text) AS what) a
WHERE u.oid = 10 OR u.oid >= 16384 OR a.what <> 'NOLOGIN'

-- == memberships, and how they may be used
SELECT 'member', 'of ' || g.name, m.name, concat_ws(', ',
    CASE WHEN a.admin_option THEN 'ADMIN' END,
    CASE WHEN coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, true) THEN 'INHERIT' END,
    CASE WHEN coalesce((to_jsonb(a) ->> 'set_option')::boolean, true) THEN 'SET' END, 'granted by ' || r.name)
FROM pg_auth_members a JOIN role g ON g.oid = a.roleid JOIN role m ON m.oid = a.member JOIN role r ON r.oid = a.grantor

-- == settings of roles and databases
SELECT 'setting', 'in database ' || coalesce(d.name, '*'), coalesce(r.name, '*'), setting
FROM pg_db_role_setting s LEFT JOIN role r ON r.oid = s.setrole AND s.setrole <> 0 LEFT JOIN db d ON d.oid = s.setdatabase,
     unnest(s.setconfig) setting

-- == settings of the server that open or close a door
SELECT 'setting', 'of the server', '-', format('%s = ''%s''', name, setting)
FROM pg_settings
WHERE name IN ('allow_system_table_mods', 'archive_command', 'archive_library', 'archive_mode', 'createrole_self_grant',
    'default_tablespace', 'dynamic_library_path', 'event_triggers', 'extension_control_path', 'jit', 'listen_addresses',
    'lo_compat_privileges', 'local_preload_libraries', 'log_statement', 'max_prepared_transactions', 'password_encryption',
    'restore_command', 'row_security', 'session_preload_libraries', 'session_replication_role', 'shared_preload_libraries',
    'ssl', 'synchronous_standby_names', 'unix_socket_group', 'unix_socket_permissions', 'wal_level')

-- == databases
SELECT 'owner', 'database ' || b.name, r.name, concat_ws(', ', CASE WHEN datistemplate THEN 'template' END,
    CASE WHEN NOT datallowconn THEN 'no connections' END, CASE WHEN datconnlimit <> -1 THEN 'CONNECTION LIMIT ' || datconnlimit END,
    CASE WHEN dattablespace <> 1663 THEN 'in a tablespace of its own' END)
FROM pg_database d JOIN db b ON b.oid = d.oid JOIN role r ON r.oid = d.datdba

-- == tablespaces
SELECT 'owner', 'tablespace ' || spcname, r.name, array_to_string(spcoptions, ', ')
FROM pg_tablespace t JOIN role r ON r.oid = t.spcowner

-- == rights on databases and tablespaces, against what they begin with
SELECT CASE WHEN d.more THEN 'grant' ELSE 'revoked' END, o.object, r.name, string_agg(d.what, ', ' ORDER BY d.what)
FROM (SELECT 'database ' || b.name AS object, datacl AS acl, acldefault('d', datdba) AS base
      FROM pg_database x JOIN db b ON b.oid = x.oid
      UNION ALL
      SELECT 'tablespace ' || spcname, spcacl, acldefault('t', spcowner) FROM pg_tablespace) o,
     LATERAL (
       (SELECT true AS more, grantee, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what
        FROM aclexplode(coalesce(o.acl, o.base))
        EXCEPT SELECT true, grantee, privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END FROM aclexplode(o.base))
       UNION ALL
       (SELECT false, grantee, privilege_type FROM aclexplode(o.base)
        EXCEPT SELECT false, grantee, privilege_type FROM aclexplode(coalesce(o.acl, o.base)))) d
     LEFT JOIN role r ON r.oid = d.grantee
GROUP BY d.more, o.object, r.name

-- == rights on parameters since 150000
SELECT 'grant', 'parameter ' || parname, r.name,
       string_agg(a.privilege_type || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY a.privilege_type)
FROM pg_parameter_acl, aclexplode(paracl) a LEFT JOIN role r ON r.oid = a.grantee
WHERE a.grantee <> 10
GROUP BY parname, r.name

-- == pg_hba.conf, in its order
SELECT 'hba', 'rule ' || row_number() OVER (ORDER BY line_number), coalesce((
         SELECT string_agg(CASE WHEN u LIKE '+%' THEN '+' ELSE '' END || coalesce(r.name, translate(ltrim(u, '+'), '{}', '<>')), ',')
         FROM unnest(user_name) u LEFT JOIN role r ON r.raw = ltrim(u, '+')), '-'),
       coalesce(error, concat_ws(' ', type, 'database ' || (
         SELECT string_agg(coalesce(b.name, translate(d, '{}', '<>')), ',') FROM unnest(database) d LEFT JOIN db b ON b.raw = d),
         address, netmask, auth_method, array_to_string(options, ',')))
FROM pg_hba_file_rules

-- == ident maps since 150000
SELECT 'ident', coalesce(map_name, '-'), coalesce(r.name, translate(pg_username, '{}', '<>'), '-'), coalesce(error, sys_name)
FROM pg_ident_file_mappings LEFT JOIN role r ON r.raw = pg_username

-- == replication
SELECT 'replication', 'slot ' || slot_name, '-', slot_type FROM pg_replication_slots
UNION ALL SELECT 'replication', 'subscription ' || subname, r.name, 'in database ' || d.name
FROM pg_subscription s JOIN role r ON r.oid = s.subowner JOIN db d ON d.oid = s.subdbid
UNION ALL SELECT 'replication', 'origin ' || roname, '-', '' FROM pg_replication_origin

-- == security labels of roles, databases and tablespaces
SELECT 'label', classoid::regclass || ' ' || objoid, '-', provider || ' ' || label FROM pg_shseclabel

-- == what roles own or were granted in databases that nobody can look into
SELECT 'depends', format('%s in database %s', s.classid::regclass, b.name), r.name, CASE s.deptype WHEN 'o' THEN 'owner' ELSE 'rights' END
FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid AND NOT d.datallowconn JOIN db b ON b.oid = d.oid JOIN role r ON r.oid = s.refobjid
WHERE s.refclassid = 'pg_authid'::regclass
GROUP BY s.classid, b.name, r.name, s.deptype
