#include "HandymanNothingElse.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"

namespace boxtest {

void HandymanNothingElse::SetUp() {
    ASSERT_TRUE(postgresqlLives());
    database_.emplace(guest().database(names().handyman, names().handyman, names().odooDatabase));
    ASSERT_EQ(single(database(), "SELECT count(*) > 0 FROM res_users"), "t") << "she cannot even read";
}

void HandymanNothingElse::expectRefused(const std::vector<std::string>& statements) {
    Facts facts;
    for (const auto& statement : statements) {
        Transaction transaction(database());
        facts.expect(refusedWith(sqlstate::insufficientPrivilege, transaction.attempt(statement)), statement);
    }
    EXPECT_TRUE(facts.hold());
    EXPECT_EQ(single(database(), "SELECT session_user = current_user"), "t");
}

void HandymanNothingElse::expectRefusedOutsideOfTransactions(const std::vector<std::string>& statements) {
    Facts facts;
    for (const auto& statement : statements)
        facts.expect(refusedWith(sqlstate::insufficientPrivilege, database().attempt(statement)), statement);
    EXPECT_TRUE(facts.hold());
}

namespace {

TEST_F(HandymanNothingElse, SheCannotEmptyOrLockAwayATable) {
    expectRefused({
        "TRUNCATE res_users",
        "TRUNCATE res_partner CASCADE",
        "TRUNCATE ir_config_parameter",
        "ALTER TABLE res_users DISABLE TRIGGER ALL",
        "ALTER TABLE res_users ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY boxtest ON res_users USING (false)",
        "ALTER TABLE res_users OWNER TO " + quoteName(names().handyman),
        "DROP TABLE ir_config_parameter",
        "CLUSTER ir_config_parameter USING ir_config_parameter_pkey",
        "REINDEX TABLE ir_config_parameter",
        "DELETE FROM pg_catalog.pg_class",
        "UPDATE pg_catalog.pg_authid SET rolsuper = true",
        "INSERT INTO pg_catalog.pg_description VALUES (1, 1, 1, 'x')",
    });
}

TEST_F(HandymanNothingElse, SheCannotMakeOrChangeObjects) {
    expectRefused({
        "CREATE TABLE public.boxtest (n int)",
        "CREATE TABLE public.boxtest AS SELECT 1 AS n",
        "SELECT 1 AS n INTO public.boxtest",
        "CREATE TEMPORARY TABLE boxtest (n int)",
        "CREATE VIEW public.boxtest AS SELECT 1 AS n",
        "CREATE TEMPORARY VIEW boxtest AS SELECT 1 AS n",
        "CREATE MATERIALIZED VIEW public.boxtest AS SELECT 1 AS n",
        "CREATE SEQUENCE public.boxtest",
        "CREATE INDEX boxtest ON res_partner (id)",
        "CREATE SCHEMA boxtest",
        "CREATE TYPE public.boxtest AS (n int)",
        "CREATE DOMAIN public.boxtest AS int",
        "CREATE FUNCTION public.boxtest() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE AGGREGATE public.boxtest (int) (SFUNC = int4pl, STYPE = int)",
        "CREATE OPERATOR public.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
        "CREATE TRIGGER boxtest BEFORE UPDATE ON res_partner FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE boxtest AS ON DELETE TO res_partner DO INSTEAD NOTHING",
        "CREATE STATISTICS public.boxtest ON id, name FROM res_partner",
        "ALTER TABLE res_partner ADD COLUMN boxtest int",
        "ALTER TABLE res_partner RENAME TO boxtest",
        "ALTER TABLE res_partner ALTER COLUMN name SET DEFAULT 'x'",
        "ALTER SEQUENCE res_partner_id_seq RESTART",
        "ALTER SCHEMA public RENAME TO boxtest",
        "DROP SCHEMA public CASCADE",
        "DROP SEQUENCE res_partner_id_seq CASCADE",
        "COMMENT ON TABLE res_partner IS 'x'",
    });
}

TEST_F(HandymanNothingElse, SheCannotExtendTheServer) {
    expectRefused({
        "CREATE EXTENSION hstore",
        "CREATE EXTENSION dblink",
        "DROP EXTENSION plpgsql",
        "CREATE FUNCTION public.boxtest() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
        "CREATE FUNCTION public.boxtest() RETURNS int LANGUAGE internal AS 'int4pl'",
        "CREATE LANGUAGE boxtest HANDLER plpgsql_call_handler",
        "CREATE FOREIGN DATA WRAPPER boxtest",
        "CREATE EVENT TRIGGER boxtest ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE PUBLICATION boxtest",
        "CREATE CAST (int AS point) WITHOUT FUNCTION",
        "LOAD 'auto_explain'",
        "CREATE ACCESS METHOD boxtest TYPE INDEX HANDLER bthandler",
        "CREATE SUBSCRIPTION boxtest CONNECTION 'host=/nonexistent' PUBLICATION x WITH (connect = false, slot_name = NONE)",
    });
}

TEST_F(HandymanNothingElse, SheCannotPlantOrReadLargeObjects) {
    expectRefused({
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(0, '/dev/null')",
        "SELECT data FROM pg_largeobject",
    });
}

TEST_F(HandymanNothingElse, SheReachesNoFileAndNoProgramOfTheServer) {
    expectRefused({
        "COPY res_partner TO '/dev/null'",
        "COPY res_partner FROM '/dev/null'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY res_partner FROM PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_read_binary_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT pg_stat_file('PG_VERSION')",
        "SELECT pg_ls_logdir()",
        "SELECT pg_ls_waldir()",
        "SELECT pg_ls_tmpdir()",
        "SELECT pg_current_logfile()",
        "SELECT pg_rotate_logfile()",
    });
}

TEST_F(HandymanNothingElse, SheBecomesNobodyElseAndGivesNothingAway) {
    const auto me = quoteName(names().handyman);
    std::vector<std::string> statements;
    for (const auto& role : {names().superuser, names().admin, names().odoo}) {
        statements.push_back("SET ROLE " + quoteName(role));
        statements.push_back("SET SESSION AUTHORIZATION " + quoteName(role));
        statements.push_back(fmt::format("GRANT {} TO {}", quoteName(role), me));
        statements.push_back(fmt::format("ALTER ROLE {} SET search_path = public", quoteName(role)));
        statements.push_back("REASSIGN OWNED BY " + quoteName(role) + " TO " + me);
    }
    for (const auto* role :
         {"pg_read_all_settings", "pg_read_server_files", "pg_execute_server_program", "pg_signal_backend", "pg_monitor"}) {
        statements.push_back(fmt::format("GRANT {} TO {}", role, me));
        statements.push_back(fmt::format("SET ROLE {}", role));
    }
    for (const auto* attribute : {"SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS"}) {
        statements.push_back(fmt::format("ALTER ROLE {} {}", me, attribute));
    }
    statements.insert(statements.end(), {
                                            "CREATE ROLE boxtest",
                                            "DROP ROLE " + odoo(),
                                            "ALTER ROLE " + odoo() + " PASSWORD 'x'",
                                            "ALTER ROLE " + quoteName(names().admin) + " NOSUPERUSER",
                                            "DROP OWNED BY " + odoo(),
                                            "ALTER DEFAULT PRIVILEGES FOR ROLE " + odoo() + " GRANT SELECT ON TABLES TO PUBLIC",
                                        });
    expectRefused(statements);
}

TEST_F(HandymanNothingElse, HerGrantsGrantNothing) {
    // PostgreSQL only warns: 01007, privilege not granted.
    Facts facts;
    for (const auto* statement : {"GRANT SELECT ON res_users TO PUBLIC", "GRANT ALL ON res_partner TO PUBLIC",
                                  "GRANT USAGE ON SCHEMA public TO PUBLIC"}) {
        Transaction transaction(database());
        const auto outcome = transaction.attempt(statement);
        facts.expect(outcome.noticed(sqlstate::privilegeNotGranted), std::string(statement) + ": " + outcome.describe());
    }
    EXPECT_TRUE(facts.hold());
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_EQ(single(admin, "SELECT has_table_privilege('public', 'res_users', 'SELECT')"), "f");
}

TEST_F(HandymanNothingElse, SheDoesNotRunTheServer) {
    constexpr auto ourSetting =
        "SELECT count(*) FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf' AND name = 'application_name'";
    auto admin = guest().adminDatabase("postgres");
    const auto odooBackend =
        single(admin, fmt::format("SELECT max(pid) FROM pg_stat_activity WHERE usename = {}", quoteText(names().odoo)));
    ASSERT_NE(odooBackend, "<null>") << "Odoo has no connection: there is nothing that she could end";
    expectRefused({
        fmt::format("SELECT pg_terminate_backend({})", admin.backendPid()),
        fmt::format("SELECT pg_cancel_backend({})", admin.backendPid()),
        fmt::format("SELECT pg_cancel_backend({})", odooBackend),
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
        "SELECT set_config('session_preload_libraries', 'x', true)",
        "ALTER DATABASE " + quoteName(names().odooDatabase) + " SET search_path = evil",
        "ALTER DATABASE " + quoteName(names().odooDatabase) + " OWNER TO " + quoteName(names().handyman),
        "GRANT CREATE ON DATABASE postgres TO PUBLIC, " + quoteName(names().handyman),
    });
    expectRefusedOutsideOfTransactions({
        "ALTER SYSTEM SET application_name = ''",
        "CREATE DATABASE boxtest_handyman",
        "CREATE TABLESPACE boxtest_handyman LOCATION '/nonexistent'",
        "DROP DATABASE template1",
        "DROP DATABASE " + quoteName(names().odooDatabase),
    });
    // What was wrongly allowed above does not stay.
    admin.execute("DROP DATABASE IF EXISTS boxtest_handyman");
    if (single(admin, ourSetting) != "0") admin.execute("ALTER SYSTEM RESET application_name");
    EXPECT_EQ(single(admin, ourSetting), "0");
}

TEST_F(HandymanNothingElse, SheSeesNoSecretsOfTheServer) {
    expectRefused({
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
        "SELECT * FROM pg_hba_file_rules",
        "SELECT * FROM pg_file_settings",
        "SELECT * FROM pg_statistic",
        "SELECT * FROM pg_user_mapping",
        "SELECT subconninfo FROM pg_subscription",
        "SELECT * FROM pg_config",
    });
}

TEST_F(HandymanNothingElse, MaintenanceIsSkippedWithAWarning) {
    Facts facts;
    for (const auto* statement :
         {"VACUUM ir_config_parameter", "ANALYZE ir_config_parameter", "VACUUM FULL ir_config_parameter"}) {
        const auto outcome = database().attempt(statement);
        facts.expect(outcome.noticed(sqlstate::warning), std::string(statement) + " as a handyman: " + outcome.describe());
    }
    EXPECT_TRUE(facts.hold());
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto outcome = admin.attempt("ANALYZE ir_config_parameter");
    EXPECT_TRUE(outcome.succeeded() && outcome.notices.empty()) << "as the admin: " << outcome.describe();
}

}  // namespace
}  // namespace boxtest
