-- Drops a database that is half-made according to state.sql: its set-up starts again. A database that was restored or filled
-- manually never is.
-- psql variables: database.
DROP DATABASE :"database" WITH (FORCE);
