#include "OdooRole.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <cstdio>

#include "Facts.hpp"
#include "Forbidden.hpp"
#include "PeerRelay.hpp"
#include "Survey.hpp"
#include "db/Transaction.hpp"

namespace boxtest {

CommandResult OdooRole::psqlAs(const std::string& osUser, const std::string& sql) {
    return guest().session(names().admin).run({"sudo", "-n", "-u", osUser, "psql", "-d", names().odooDatabase}, {.input = sql});
}

testing::AssertionResult OdooRole::rolesSqlApplied() {
    const auto& name = names();
    // The machine's own file, which a restore and the next start apply.
    const auto sql = guest().factsAsRoot("cat \"$(systemctl show -P ExecStart -- " + Session::quote(manifest().backup.hot) +
                                         " | sed -n 's#.* \\(/[^ ]*\\)/backup/backup hot .*#\\1#p')/roles.sql\"");
    if (sql.empty()) return testing::AssertionFailure() << "the machine has no roles.sql";
    const auto applied = guest()
                             .session(name.admin)
                             .run({"sudo", "-n",
                                   "-u",   name.superuser,
                                   "env",  "PGOPTIONS=-c search_path=pg_catalog,pg_temp",
                                   "psql", "-XqAt",
                                   "-d",   "postgres",
                                   "-v",   "admin_role=" + name.admin,
                                   "-v",   "odoo_role=" + name.odoo,
                                   "-v",   "odoo_db=" + name.odooDatabase,
                                   "-v",   "pgadmin_role=" + name.pgadmin,
                                   "-v",   "pgadmin_db=" + name.pgadminDatabase,
                                   "-v",   "handyman_role=" + name.handymanGroup,
                                   "-f",   "-"},
                                  {.input = sql + "\n\\echo applied\n"});
    if (applied.succeeded() && applied.out.find("applied") != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << applied.describe();
}

namespace {

using forbidden::operator+;
using testing::IsEmpty;

/// Statements that install and upgrade a module; each one depends on those before it.
constexpr std::array moduleStatements{
    "CREATE TABLE boxtest_module (id serial PRIMARY KEY, create_uid int, name jsonb, code varchar, note text)",
    "COMMENT ON TABLE boxtest_module IS 'Boxtest'",
    "ALTER TABLE boxtest_module ADD COLUMN partner_id int, ADD COLUMN write_date timestamp",
    "ALTER TABLE boxtest_module ALTER COLUMN code SET NOT NULL",
    "ALTER TABLE boxtest_module ADD CONSTRAINT boxtest_code UNIQUE (code)",
    "ALTER TABLE boxtest_module ADD CONSTRAINT boxtest_check CHECK (length(code) > 0)",
    "ALTER TABLE boxtest_module ADD FOREIGN KEY (partner_id) REFERENCES res_partner (id) ON DELETE SET NULL",
    "ALTER TABLE boxtest_module ADD FOREIGN KEY (create_uid) REFERENCES res_users (id)",
    "CREATE INDEX ON boxtest_module (partner_id)",
    "CREATE INDEX ON boxtest_module USING gin (unaccent(note) gin_trgm_ops)",
    "CREATE TABLE boxtest_rel (a int REFERENCES boxtest_module ON DELETE CASCADE, b int, PRIMARY KEY (a, b))",
    "CREATE SEQUENCE boxtest_numbers",
    "INSERT INTO boxtest_module (code, note, partner_id) SELECT 'c' || nextval('boxtest_numbers'), 'Ébène', min(id) FROM "
    "res_partner",
    "INSERT INTO boxtest_rel SELECT id, 1 FROM boxtest_module",
    "UPDATE boxtest_module SET name = '{\"en_US\": \"one\"}', create_uid = (SELECT min(id) FROM res_users)",
    "CREATE VIEW boxtest_report AS SELECT m.id, p.name FROM boxtest_module m JOIN res_partner p ON p.id = m.partner_id",
    "CREATE MATERIALIZED VIEW boxtest_frozen AS SELECT * FROM boxtest_report",
    "REFRESH MATERIALIZED VIEW boxtest_frozen",
    "CREATE FUNCTION boxtest_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := lower(NEW.note); RETURN NEW; END'",
    "CREATE TRIGGER boxtest_note BEFORE UPDATE ON boxtest_module FOR EACH ROW EXECUTE FUNCTION boxtest_note()",
    "UPDATE boxtest_module SET note = 'UPPER'",
    "CREATE TEMPORARY TABLE boxtest_work ON COMMIT DROP AS SELECT * FROM boxtest_module",
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "ALTER TABLE res_partner ADD COLUMN boxtest_id int REFERENCES boxtest_module",
    "ALTER TABLE res_partner DROP COLUMN boxtest_id",
    "SELECT pg_advisory_xact_lock(4711)",
    "LOCK TABLE boxtest_module IN ACCESS EXCLUSIVE MODE",
    "TRUNCATE boxtest_rel",
};

SCENARIO(OdooRole, ItOwnsItsDatabaseAndInstallsModulesThere, Effect::changes) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_THAT(column(admin, "SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE rolname = " +
                                  quoteText(names().odoo)),
                testing::ElementsAre(names().odooDatabase))
        << "the databases that Odoo's role owns";
    PeerRelay relay(guest(), names().odoo);
    auto database = relay.database(names().odooDatabase);
    ASSERT_EQ(single(database, "SELECT session_user || ' ' || current_setting('is_superuser')"), names().odoo + " off");
    {
        Transaction transaction(database);
        Facts facts;
        for (const auto* statement : moduleStatements) facts.expect(worked(transaction.attempt(statement)), statement);
        ASSERT_TRUE(facts.hold());
        transaction.commit();
    }
    EXPECT_EQ(single(admin, "SELECT string_agg(code || ' ' || note, ',') FROM public.boxtest_module"), "c1 upper");
    Facts maintenance;
    for (const auto* statement : {"VACUUM (ANALYZE) boxtest_module", "REINDEX TABLE boxtest_module"}) {
        const auto outcome = database.attempt(statement);
        maintenance.expect(outcome.succeeded() && outcome.notices.empty(), std::string(statement) + ": " + outcome.describe());
    }
    EXPECT_TRUE(maintenance.hold());
    // Uninstalls the module.
    EXPECT_TRUE(
        worked(database.attempt("DROP MATERIALIZED VIEW boxtest_frozen; DROP VIEW boxtest_report; DROP TABLE boxtest_rel, "
                                "boxtest_module; DROP SEQUENCE boxtest_numbers; DROP FUNCTION boxtest_note()")));
    EXPECT_THAT(column(admin, "SELECT relname FROM pg_class WHERE relname LIKE 'boxtest%'"), IsEmpty());
}

SCENARIO(OdooRole, NothingElseIsOpenToIt, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    auto admin = guest().adminDatabase("postgres");
    PeerRelay relay(guest(), names().odoo);
    auto database = relay.database(names().odooDatabase);
    ASSERT_EQ(single(database, "SELECT count(*) > 0 FROM res_users"), "t") << "it cannot even read its own tables";
    const auto strangers = std::vector<std::string>{std::to_string(admin.backendPid())};
    EXPECT_TRUE(forbidden::allRefused(
        database, forbidden::files() + forbidden::extending() + forbidden::secrets() + forbidden::roles(names(), names().odoo) +
                      forbidden::server(strangers) +
                      forbidden::Statements{
                          "ALTER DATABASE " + quoteName(names().pgadminDatabase) + " OWNER TO " + odoo(),
                          "ALTER DATABASE " + quoteName(names().pgadminDatabase) + " SET search_path = evil",
                          "ALTER EXTENSION unaccent UPDATE",
                          "ALTER FUNCTION public.unaccent(text) OWNER TO " + odoo(),
                      }));
    EXPECT_TRUE(forbidden::allRefusedOutsideOfTransactions(
        database,
        forbidden::outsideOfTransactions(names()) +
            forbidden::Statements{"DROP DATABASE " + quoteName(names().pgadminDatabase),
                                  "ALTER DATABASE " + quoteName(names().odooDatabase) + " RENAME TO boxtest_wrong"},
        admin));
    EXPECT_EQ(single(database, "SELECT session_user = current_user AND current_setting('is_superuser') = 'off'"), "t");
}

SCENARIO(OdooRole, NoOtherDatabaseIsOpenToItButTheLockedDownPostgres, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    auto admin = guest().adminDatabase("postgres");
    PeerRelay relay(guest(), names().odoo);
    ASSERT_TRUE(relay.attemptConnect(names().odooDatabase).succeeded()) << "not even its own database is open to it";
    // Tests pg_hba.conf and CONNECT separately. A manually created database is protected by pg_hba.conf only: nobody revoked
    // CONNECT.
    const auto made = admin.attempt("CREATE DATABASE boxtest_new TEMPLATE template0");
    ASSERT_TRUE(made.succeeded()) << made.describe();
    Facts facts;
    for (const auto& name : {std::string("template1"), names().pgadminDatabase, std::string("boxtest_new")})
        facts.expect(refusedWith(sqlstate::invalidAuthorization, relay.attemptConnect(name)), "database " + name);
    admin.execute("DROP DATABASE boxtest_new");
    facts.that(column(admin, fmt::format("SELECT datname FROM pg_database WHERE has_database_privilege({}, oid, 'CONNECT')",
                                         quoteText(names().odoo))),
               testing::UnorderedElementsAre(names().odooDatabase, "postgres"), "databases with CONNECT");
    EXPECT_TRUE(facts.hold());

    auto postgres = relay.database("postgres");
    EXPECT_TRUE(worked(postgres.attempt("LISTEN imbus; NOTIFY imbus, 'boxtest'"))) << "Odoo's bus needs it";
    EXPECT_TRUE(forbidden::allRefused(postgres, forbidden::objects() + forbidden::files() + forbidden::extending()));
    EXPECT_THAT(column(postgres,
                       "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(oid, 'CREATE') OR (nspname = 'public' AND "
                       "has_schema_privilege(oid, 'USAGE'))"),
                IsEmpty());
}

/// As the owner of its database, Odoo's role can make every session in it find Odoo's own view, function and operator before
/// PostgreSQL's. A query then runs Odoo's code with the privileges of the session's role.
class TrojanSchema {
   public:
    TrojanSchema(RunningGuest& guest, Database& odoo) : guest_(guest) {
        const auto role = quoteName(guest.names().odoo);
        odoo.execute(
            "CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC;"
            "CREATE TABLE evil.caught (who text, how text); GRANT INSERT ON evil.caught TO PUBLIC;"
            "CREATE FUNCTION evil.take(how text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
            "IF pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on' THEN EXECUTE 'ALTER ROLE " +
            role +
            " SUPERUSER'; END IF;"
            "INSERT INTO evil.caught VALUES (current_user, how); RETURN 1; END $$;"
            "CREATE VIEW evil.pg_stat_activity AS SELECT a.*, evil.take('view') AS taken FROM pg_catalog.pg_stat_activity a;"
            "GRANT SELECT ON evil.pg_stat_activity TO PUBLIC;"
            "CREATE FUNCTION evil.version() RETURNS text LANGUAGE sql AS $$ SELECT evil.take('function')::text $$;"
            "CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT evil.take('operator') "
            "OPERATOR(pg_catalog.=) 1 $$;"
            "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same);"
            "ALTER DATABASE " +
            quoteName(guest.names().odooDatabase) + " SET search_path = evil, pg_catalog, public");
    }
    TrojanSchema(const TrojanSchema&) = delete;
    TrojanSchema& operator=(const TrojanSchema&) = delete;
    ~TrojanSchema() {
        try {
            auto admin = guest_.adminDatabase("postgres");
            admin.execute("ALTER DATABASE " + quoteName(guest_.names().odooDatabase) + " RESET search_path");
            admin.execute("ALTER ROLE " + quoteName(guest_.names().odoo) + " NOSUPERUSER");
            guest_.adminDatabase(guest_.names().odooDatabase).execute("DROP SCHEMA evil CASCADE");
        } catch (const std::exception& error) {
            std::fprintf(stderr, "boxtest-scenarios: cannot take the trojan schema away: %s\n", error.what());
        }
    }

    /// Typical queries of a person who inspects the server's activity.
    static constexpr auto look = "SELECT * FROM pg_stat_activity; SELECT length(version()); SELECT 'a'::text = 'b'::text;";

   private:
    RunningGuest& guest_;
};

SCENARIO(OdooRole, ASearchPathOfItsDatabaseDoesNotMakeItSuperuser, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    PeerRelay relay(guest(), names().odoo);
    auto odooSession = relay.database(names().odooDatabase);
    const TrojanSchema trojan(guest(), odooSession);
    // The trap works: it catches the handyman, whose role has no search_path of its own.
    guest().database(names().handyman, names().handyman, names().odooDatabase).execute(TrojanSchema::look);
    ASSERT_THAT(
        column(odooSession, "SELECT DISTINCT who || ' ' || how FROM evil.caught"),
        testing::UnorderedElementsAre(names().handyman + " view", names().handyman + " function", names().handyman + " operator"))
        << "nobody steps into the trap, so that nothing is proved";
    // One by one: a superuser's session may reject the view, but still run the function and the operator.
    for (const auto* statement : {"SELECT * FROM pg_stat_activity", "SELECT length(version())", "SELECT 'a'::text = 'b'::text"})
        guest().adminDatabase(names().odooDatabase).attempt(statement);
    const auto psql = guest()
                          .session(names().admin)
                          .run({"sudo", "-n", "-u", names().superuser, "psql", "-XAtq", "-d", names().odooDatabase},
                               {.input = TrojanSchema::look});
    ASSERT_TRUE(psql.succeeded()) << psql.describe();
    EXPECT_THAT(
        column(odooSession, "SELECT DISTINCT who || ' ' || how FROM evil.caught WHERE who <> " + quoteText(names().handyman)),
        IsEmpty())
        << "a superuser ran Odoo's code";
    EXPECT_EQ(single(odooSession, "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user"),
              "f");
}

SCENARIO(OdooRole, ThePrivilegeMatrixGivesItWhatIsExpectedAndNothingElse, Effect::reads) {
    EXPECT_TRUE(matrixIsAsExpected({"odoo"}));
}

SCENARIO(OdooRole, RolesSqlAppliedAgainChangesNoLineOfThePrivilegeMatrix, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    const auto before = privilegeMatrix();
    ASSERT_TRUE(rolesSqlApplied());
    EXPECT_THAT(privilegeMatrix("-afterwards").differencesTo(before, names()), IsEmpty());
}

SCENARIO(OdooRole, ItsNextDatabaseComesFromACleanTemplate, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    // A restore fills a new database made from template0, which cannot be inspected in any other way.
    EXPECT_THAT(Survey::ofCatalogue(guest()).findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace boxtest
