-- Says on the database, as its owner, that it is being made; with an empty text takes that back.
-- psql variables: text.
SELECT format('COMMENT ON DATABASE %I IS %L', current_database(), nullif(:'text', ''))
\gexec
