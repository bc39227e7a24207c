#include "Forbidden.hpp"

#include <fmt/format.h>

#include "Facts.hpp"
#include "RunningGuest.hpp"
#include "db/Sqlstate.hpp"

namespace boxtest::forbidden {

namespace {

void expectRefused(Facts& facts, const std::string& statement, const Outcome& outcome) {
    facts.expect(outcome.sqlstate == sqlstate::insufficientPrivilege,
                 statement + ": expected 42501, the server answered " + outcome.describe());
}

}  // namespace

Statements operator+(Statements left, const Statements& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Statements files() {
    return {
        "COPY (SELECT 1) TO '/dev/null'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY pg_catalog.pg_description FROM '/dev/null'",
        "COPY pg_catalog.pg_description FROM PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_read_file('PG_VERSION', 0, 1)",
        "SELECT pg_read_file('PG_VERSION', true)",
        "SELECT pg_read_file('PG_VERSION', 0, 1, true)",
        "SELECT pg_read_binary_file('PG_VERSION')",
        "SELECT pg_read_binary_file('PG_VERSION', 0, 1)",
        "SELECT pg_read_binary_file('PG_VERSION', true)",
        "SELECT pg_read_binary_file('PG_VERSION', 0, 1, true)",
        "SELECT pg_ls_dir('.')",
        "SELECT pg_ls_dir('.', true, true)",
        "SELECT pg_stat_file('PG_VERSION')",
        "SELECT pg_stat_file('PG_VERSION', true)",
        "SELECT pg_ls_logdir()",
        "SELECT pg_ls_waldir()",
        "SELECT pg_ls_tmpdir()",
        "SELECT pg_ls_archive_statusdir()",
        "SELECT pg_current_logfile()",
        "SELECT pg_rotate_logfile()",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(0, '/dev/null')",
        "SELECT data FROM pg_largeobject",
    };
}

Statements extending() {
    return {
        "CREATE EXTENSION dblink SCHEMA public",
        "CREATE EXTENSION file_fdw SCHEMA public",
        "DROP EXTENSION plpgsql",
        "CREATE FUNCTION public.boxtest() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
        "CREATE FUNCTION public.boxtest() RETURNS int LANGUAGE internal AS 'int4pl'",
        "CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
        "CREATE LANGUAGE boxtest HANDLER plpgsql_call_handler",
        "CREATE FOREIGN DATA WRAPPER boxtest",
        "CREATE EVENT TRIGGER boxtest ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE PUBLICATION boxtest FOR ALL TABLES",
        "CREATE SUBSCRIPTION boxtest CONNECTION 'host=/nonexistent' PUBLICATION x WITH (connect = false, slot_name = NONE)",
        "CREATE CAST (int AS point) WITHOUT FUNCTION",
        "CREATE ACCESS METHOD boxtest TYPE INDEX HANDLER bthandler",
        "LOAD 'auto_explain'",
    };
}

Statements roles(const Manifest::Names& names, const std::string& self) {
    Statements all;
    const auto me = quoteName(self);
    for (const auto& role : {names.superuser, names.admin, names.odoo, names.pgadmin, names.handymanGroup}) {
        if (role == self) continue;
        all.push_back(fmt::format("GRANT {} TO {}", quoteName(role), me));
        all.push_back(fmt::format("ALTER ROLE {} SET search_path = public", quoteName(role)));
    }
    for (const auto& role : {names.superuser, names.admin, names.odoo}) {
        if (role == self) continue;
        all.push_back("SET ROLE " + quoteName(role));
        all.push_back("SET SESSION AUTHORIZATION " + quoteName(role));
        all.push_back("REASSIGN OWNED BY " + quoteName(role) + " TO " + me);
        all.push_back(fmt::format("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT SELECT ON TABLES TO PUBLIC", quoteName(role)));
        all.push_back("DROP OWNED BY " + quoteName(role));
        all.push_back("ALTER ROLE " + quoteName(role) + " PASSWORD 'x'");
    }
    for (const auto* role : {"pg_read_all_data", "pg_write_all_data", "pg_read_all_settings", "pg_read_server_files",
                             "pg_execute_server_program", "pg_signal_backend", "pg_monitor"}) {
        all.push_back(fmt::format("GRANT {} TO {}", role, me));
        all.push_back(fmt::format("SET ROLE {}", role));
    }
    for (const auto* attribute : {"SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS"})
        all.push_back(fmt::format("ALTER ROLE {} {}", me, attribute));
    return all + Statements{
                     "CREATE ROLE boxtest",
                     "CREATE USER boxtest SUPERUSER",
                     "DROP ROLE " + quoteName(names.handyman),
                     "ALTER ROLE " + quoteName(names.admin) + " NOSUPERUSER",
                     "ALTER ROLE ALL SET search_path = public",
                     "UPDATE pg_catalog.pg_authid SET rolsuper = true",
                     "INSERT INTO pg_catalog.pg_auth_members SELECT * FROM pg_catalog.pg_auth_members",
                     "DELETE FROM pg_catalog.pg_class",
                     "INSERT INTO pg_catalog.pg_description VALUES (1, 1, 1, 'x')",
                 };
}

Statements server(const std::vector<std::string>& othersBackends) {
    Statements all;
    for (const auto& backend : othersBackends) {
        all.push_back("SELECT pg_cancel_backend(" + backend + ")");
        all.push_back("SELECT pg_terminate_backend(" + backend + ")");
    }
    return all + Statements{
                     "SELECT pg_reload_conf()",
                     "SELECT pg_switch_wal()",
                     "SELECT pg_create_restore_point('boxtest')",
                     "SELECT pg_create_physical_replication_slot('boxtest', false, true)",
                     "SELECT pg_stat_reset()",
                     "SELECT pg_promote()",
                     "CHECKPOINT",
                     "SET session_replication_role = replica",
                     "SET log_statement = none",
                     "SET lo_compat_privileges = on",
                     "SET zero_damaged_pages = on",
                     "SELECT set_config('session_preload_libraries', 'x', true)",
                     "ALTER DATABASE postgres SET search_path = evil",
                     "ALTER DATABASE template1 CONNECTION LIMIT 1",
                 };
}

Statements secrets() {
    return {
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
        "SELECT * FROM pg_hba_file_rules",
        "SELECT * FROM pg_file_settings",
        "SELECT * FROM pg_statistic",
        "SELECT * FROM pg_user_mapping",
        "SELECT subconninfo FROM pg_subscription",
        "SELECT * FROM pg_config",
    };
}

Statements objects() {
    return {
        "CREATE TABLE public.boxtest (n int)",
        "CREATE TABLE public.boxtest AS SELECT 1 AS n",
        "SELECT 1 AS n INTO public.boxtest",
        "CREATE TEMPORARY TABLE boxtest (n int)",
        "CREATE VIEW public.boxtest AS SELECT 1 AS n",
        "CREATE TEMPORARY VIEW boxtest AS SELECT 1 AS n",
        "CREATE MATERIALIZED VIEW public.boxtest AS SELECT 1 AS n",
        "CREATE SEQUENCE public.boxtest",
        "CREATE SCHEMA boxtest",
        "CREATE TYPE public.boxtest AS (n int)",
        "CREATE DOMAIN public.boxtest AS int",
        "CREATE FUNCTION public.boxtest() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE AGGREGATE public.boxtest (int) (SFUNC = int4pl, STYPE = int)",
        "CREATE OPERATOR public.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
        "CREATE COLLATION public.boxtest FROM \"C\"",
        "CREATE EXTENSION hstore SCHEMA public",
        "CREATE PUBLICATION boxtest",
        "ALTER SCHEMA public RENAME TO boxtest",
        // Not CASCADE: who may do it is asked first, and whoever may takes minutes to do it.
        "DROP SCHEMA public",
    };
}

Statements odoosTables(const std::string& self) {
    const auto me = quoteName(self);
    return {
        "TRUNCATE res_users",
        "TRUNCATE res_partner",
        "TRUNCATE ir_config_parameter",
        "ALTER TABLE res_users DISABLE TRIGGER ALL",
        "ALTER TABLE res_users ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY boxtest ON res_users USING (false)",
        "ALTER TABLE res_users OWNER TO " + me,
        "DROP TABLE ir_config_parameter",
        "CLUSTER ir_config_parameter USING ir_config_parameter_pkey",
        "REINDEX TABLE ir_config_parameter",
        "CREATE INDEX boxtest ON res_partner (id)",
        "CREATE TRIGGER boxtest BEFORE UPDATE ON res_partner FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE boxtest AS ON DELETE TO res_partner DO INSTEAD NOTHING",
        "CREATE STATISTICS public.boxtest ON id, name FROM res_partner",
        "ALTER TABLE res_partner ADD COLUMN boxtest int",
        "ALTER TABLE res_partner RENAME TO boxtest",
        "ALTER TABLE res_partner ALTER COLUMN name SET DEFAULT 'x'",
        "ALTER TABLE res_partner DROP CONSTRAINT res_partner_pkey",
        "ALTER SEQUENCE res_partner_id_seq RESTART",
        "DROP SEQUENCE res_partner_id_seq CASCADE",
        "COMMENT ON TABLE res_partner IS 'x'",
        "COPY res_partner TO '/dev/null'",
        "COPY res_partner FROM '/dev/null'",
        "COPY res_partner FROM PROGRAM 'true'",
    };
}

Statements outsideOfTransactions(const Manifest::Names& names) {
    return {
        "ALTER SYSTEM SET application_name = ''",
        "CREATE DATABASE boxtest_wrong",
        "CREATE DATABASE boxtest_wrong TEMPLATE " + quoteName(names.pgadminDatabase),
        "CREATE TABLESPACE boxtest_wrong LOCATION '/nonexistent'",
        "DROP DATABASE template1",
    };
}

testing::AssertionResult allRefused(Database& database, const Statements& statements) {
    Facts facts;
    database.begin();
    // Who may not is refused without waiting. Who may takes locks one by one, and one that Odoo has while it waits in another
    // session for one of these is no deadlock that the server would find.
    database.execute("SET LOCAL lock_timeout = '60s'");
    for (const auto& statement : statements) {
        expectRefused(facts, statement, database.attempt("SAVEPOINT boxtest; " + statement));
        database.execute("ROLLBACK TO SAVEPOINT boxtest");
    }
    database.rollback();
    return facts.hold();
}

testing::AssertionResult allRefusedOutsideOfTransactions(Database& database, const Statements& statements, Database& admin) {
    Facts facts;
    for (const auto& statement : statements) {
        const auto outcome = database.attempt(statement);
        expectRefused(facts, statement, outcome);
        if (outcome.succeeded()) {
            admin.execute("DROP DATABASE IF EXISTS boxtest_wrong");
            admin.execute("ALTER SYSTEM RESET application_name");
        }
    }
    return facts.hold();
}

}  // namespace boxtest::forbidden
