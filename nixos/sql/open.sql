-- Prints "there" if there is such a database, which then lets a superuser in, whatever its owner has said.
-- psql variables: database.
SELECT format('ALTER DATABASE %I WITH ALLOW_CONNECTIONS true', datname) FROM pg_database WHERE datname = :'database' AND NOT datallowconn
\gexec
SELECT 'there' FROM pg_database WHERE datname = :'database';
