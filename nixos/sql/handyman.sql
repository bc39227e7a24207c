-- A handyman as the configuration has him: makes the role if there is none, and puts his membership right.
-- psql variables: handyman; role, that he is a member of; other_role, that he is not.
BEGIN;
SELECT format('CREATE ROLE %I LOGIN IN ROLE %I', :'handyman', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'handyman')
\gexec
ALTER ROLE :"handyman" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT NOREPLICATION NOBYPASSRLS PASSWORD NULL;
SELECT format('GRANT %I TO %I', :'role', :'handyman') WHERE NOT EXISTS (
  SELECT FROM pg_auth_members WHERE roleid = to_regrole(quote_ident(:'role')) AND member = to_regrole(quote_ident(:'handyman')))
\gexec
SELECT format('REVOKE %I FROM %I', :'other_role', :'handyman') WHERE EXISTS (
  SELECT FROM pg_auth_members WHERE roleid = to_regrole(quote_ident(:'other_role')) AND member = to_regrole(quote_ident(:'handyman')))
\gexec
COMMIT;
