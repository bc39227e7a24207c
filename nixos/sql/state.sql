-- Prints what has become of a database: "empty", "filled", or "half-made" by a set-up that was interrupted.
-- psql variables: mark.
SELECT CASE
         WHEN shobj_description(d.oid, 'pg_database') = :'mark' THEN 'half-made'
         WHEN EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') THEN 'filled'
         ELSE 'empty'
       END
FROM pg_database d WHERE d.datname = current_database();
