-- Prints "there" if the database exists, and first allows connections to it, whatever its owner has set.
-- psql variables: database.
SELECT format('ALTER DATABASE %I WITH ALLOW_CONNECTIONS true', datname) FROM pg_database WHERE datname = :'database' AND NOT datallowconn
\gexec
SELECT 'there' FROM pg_database WHERE datname = :'database';
