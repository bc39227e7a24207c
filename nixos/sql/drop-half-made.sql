-- Drops a database in which state.sql found that it is half-made: its set-up begins anew. A database that somebody restored or filled
-- by hand is never found so.
-- psql variables: database.
DROP DATABASE :"database" WITH (FORCE);
