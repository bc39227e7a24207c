-- Drops a database that says of itself that it is half-made: its set-up begins anew. A database that somebody
-- restored or filled by hand never says so.
-- psql variables: database, mark.
SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
WHERE datname = :'database' AND shobj_description(oid, 'pg_database') = :'mark'
\gexec
