-- A handyman as configured: creates the role if it is missing, and reverts all deviations. If a membership changed, his sessions
-- are ended, because one may have used SET ROLE to a role that he no longer has. Idempotent. PostgreSQL 13 to 18.
-- Run as the bootstrap superuser in the database postgres, after roles.sql (which reverts what he may have done to pgAdmin's role
-- and database). psql variables: handyman; role: the only role that he is a member of; become: on if he may SET ROLE to it, as
-- the documented IN ROLE lets him, or off, so that he cannot give that role a password or settings.
SELECT current_setting('server_version_num')::int >= 160000 AS ge16,
       CASE WHEN current_setting('server_version_num')::int < 160000 THEN ''
            WHEN :'become'::bool THEN 'WITH INHERIT TRUE, SET TRUE' ELSE 'WITH INHERIT TRUE, SET FALSE' END AS how \gset
BEGIN;
SELECT format('CREATE ROLE %I LOGIN', :'handyman') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'handyman')
\gexec
-- Memberships that deviate: in another role, or with other options.
SELECT coalesce(string_agg(format('REVOKE %I FROM %I', g.rolname, m.rolname)
         || CASE WHEN :'ge16'::bool THEN format(' GRANTED BY %I CASCADE', r.rolname) ELSE ' CASCADE' END, '; '), 'SELECT') AS revoke,
       count(*) > 0 AS changed
FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.grantor
WHERE m.rolname = :'handyman'
  AND NOT (g.rolname = :'role' AND NOT a.admin_option AND coalesce((to_jsonb(a) ->> 'inherit_option')::bool, true)
           AND (NOT :'ge16'::bool OR (to_jsonb(a) ->> 'set_option')::bool = :'become'::bool))
\gset
:revoke;
SELECT format('GRANT %I TO %I %s', :'role', :'handyman', :'how') WHERE NOT EXISTS (
  SELECT FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
  WHERE m.rolname = :'handyman' AND g.rolname = :'role')
\gexec
-- Attributes that a role can give itself (a password, settings), and attributes that only a superuser gives.
ALTER ROLE :"handyman" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1 PASSWORD NULL;
SELECT format('ALTER ROLE %I VALID UNTIL ''infinity''', rolname) FROM pg_roles WHERE rolname = :'handyman' AND rolvaliduntil < 'infinity'
\gexec
ALTER ROLE :"handyman" RESET ALL;
SELECT format('ALTER ROLE %I IN DATABASE %I RESET ALL', m.rolname, d.datname)
FROM pg_db_role_setting s JOIN pg_roles m ON m.oid = s.setrole JOIN pg_database d ON d.oid = s.setdatabase
WHERE m.rolname = :'handyman'
\gexec
COMMIT;
\if :changed
SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity WHERE usename = :'handyman';
\endif
