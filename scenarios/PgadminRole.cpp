#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "Forbidden.hpp"
#include "PeerRelay.hpp"
#include "RoleScenario.hpp"
#include "db/Transaction.hpp"

namespace boxtest {
namespace {

using forbidden::operator+;
using testing::IsEmpty;

class PgadminRole : public RoleScenario {
   protected:
    void SetUp() override { ASSERT_TRUE(postgresqlLives()); }
};

SCENARIO(PgadminRole, ItOwnsItsDatabaseAndWorksInIt, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    auto admin = guest().adminDatabase("postgres");
    EXPECT_THAT(column(admin, "SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE rolname = " +
                                  quoteText(names().pgadmin)),
                testing::ElementsAre(names().pgadminDatabase));
    PeerRelay relay(guest(), names().pgadmin);
    auto database = relay.database(names().pgadminDatabase);
    ASSERT_EQ(single(database, "SELECT session_user || ' ' || current_setting('is_superuser')"), names().pgadmin + " off");
    EXPECT_GT(std::stoi(single(database, "SELECT count(*) FROM public.\"user\"")), 0) << "is this pgAdmin's database?";
    {
        Transaction transaction(database);
        for (const auto* statement :
             {"CREATE TABLE boxtest (id serial PRIMARY KEY, name text)", "INSERT INTO boxtest (name) VALUES ('a'), ('b')",
              "ALTER TABLE boxtest ADD COLUMN n int DEFAULT 1", "CREATE INDEX ON boxtest (name)",
              "DELETE FROM boxtest WHERE name = 'a'", "CREATE VIEW boxtest_view AS SELECT name, n FROM boxtest"})
            ASSERT_TRUE(worked(transaction.attempt(statement))) << statement;
        transaction.commit();
    }
    EXPECT_EQ(single(database, "SELECT string_agg(name || n, ',') FROM boxtest_view"), "b1");
    // The data is committed: another session sees it. (A superuser may not read views of other roles.)
    auto inside = guest().adminDatabase(names().pgadminDatabase);
    EXPECT_EQ(single(inside, "SELECT string_agg(name || n, ',') FROM public.boxtest"), "b1");
    EXPECT_TRUE(worked(database.attempt("DROP VIEW boxtest_view; DROP TABLE boxtest")));
}

SCENARIO(PgadminRole, ItReadsAndWritesOdoosTablesAlsoLaterOnes, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    PeerRelay odooRelay(guest(), names().odoo);
    auto odoo = odooRelay.database(names().odooDatabase);
    odoo.execute("CREATE TABLE boxtest_later (id serial PRIMARY KEY, partner_id int REFERENCES res_partner, name text)");
    PeerRelay relay(guest(), names().pgadmin);
    auto database = relay.database(names().odooDatabase);
    EXPECT_GT(std::stoi(single(database, "SELECT count(*) FROM res_users u JOIN res_partner p ON p.id = u.partner_id")), 0);
    const auto written = database.attempt(
        "INSERT INTO boxtest_later (partner_id, name) SELECT min(id), 'a' FROM res_partner; "
        "INSERT INTO boxtest_later (name) VALUES ('b'); UPDATE boxtest_later SET name = 'c' WHERE name = 'a'; "
        "DELETE FROM boxtest_later WHERE name = 'b'; "
        "INSERT INTO ir_config_parameter (key, value) VALUES ('boxtest.pgadmin', 'one'); "
        "UPDATE ir_config_parameter SET value = 'two' WHERE key = 'boxtest.pgadmin'");
    EXPECT_TRUE(worked(written));
    EXPECT_EQ(single(odoo, "SELECT string_agg(name, ',') FROM boxtest_later"), "c");
    EXPECT_EQ(single(odoo, "SELECT value FROM ir_config_parameter WHERE key = 'boxtest.pgadmin'"), "two");
    EXPECT_TRUE(worked(database.attempt("DELETE FROM ir_config_parameter WHERE key = 'boxtest.pgadmin'")));
    EXPECT_EQ(single(odoo, "SELECT count(*) FROM ir_config_parameter WHERE key = 'boxtest.pgadmin'"), "0");
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database.attempt("TRUNCATE boxtest_later")));
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database.attempt("DROP TABLE boxtest_later")));
    odoo.execute("DROP TABLE boxtest_later");
}

SCENARIO(PgadminRole, ItReadsEverybodysStatistics, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    auto admin = guest().adminDatabase(names().odooDatabase);
    admin.execute("SELECT 'the admin was here'");
    PeerRelay relay(guest(), names().pgadmin);
    auto database = relay.database(names().odooDatabase);
    EXPECT_EQ(single(database, fmt::format("SELECT query FROM pg_stat_activity WHERE pid = {}", admin.backendPid())),
              "SELECT 'the admin was here'");
    EXPECT_THAT(
        column(database,
               "SELECT format('pid %s of %s', pid, usename) FROM pg_stat_activity WHERE query = '<insufficient privilege>'"),
        IsEmpty());
    EXPECT_GT(
        std::stoi(single(database, fmt::format("SELECT count(*) FROM pg_stat_activity WHERE usename = {} AND backend_start IS "
                                               "NOT NULL",
                                               quoteText(names().odoo)))),
        0)
        << "Odoo has no connection";
    EXPECT_GT(std::stoll(single(database, "SELECT pg_database_size(" + quoteText(names().odooDatabase) + ")")), 0);
    EXPECT_GT(std::stoll(single(database, "SELECT pg_database_size('template1')")), 0) << "pg_read_all_stats gives every size";
}

SCENARIO(PgadminRole, NothingElseIsOpenToIt, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    auto admin = guest().adminDatabase("postgres");
    PeerRelay relay(guest(), names().pgadmin);
    ASSERT_TRUE(relay.attemptConnect(names().pgadminDatabase).succeeded()) << "not even its own database is open to it";
    auto database = relay.database(names().odooDatabase);
    auto others = backendsOf(admin, names().odoo);
    ASSERT_FALSE(others.empty()) << "Odoo has no connection: there is nothing that it could end";
    others = {others.front(), std::to_string(admin.backendPid())};
    const auto odooDatabase = quoteName(names().odooDatabase);
    EXPECT_TRUE(forbidden::allRefused(
        database, forbidden::objects() + forbidden::odoosTables(names().pgadmin) + forbidden::files() + forbidden::extending() +
                      forbidden::secrets() + forbidden::roles(names(), names().pgadmin) + forbidden::server(others) +
                      forbidden::Statements{
                          "SET ROLE " + quoteName(names().handymanGroup),
                          "SET ROLE pg_read_all_stats",
                          "ALTER DATABASE " + odooDatabase + " SET search_path = evil",
                          "ALTER DATABASE " + odooDatabase + " OWNER TO " + quoteName(names().pgadmin),
                      }));
    EXPECT_TRUE(forbidden::allRefusedOutsideOfTransactions(
        database,
        forbidden::outsideOfTransactions(names()) +
            forbidden::Statements{"DROP DATABASE " + odooDatabase,
                                  "ALTER DATABASE " + quoteName(names().pgadminDatabase) + " RENAME TO boxtest_wrong"},
        admin));
    Facts facts;
    for (const auto* name : {"postgres", "template1"})
        facts.expect(refusedWith(sqlstate::invalidAuthorization, relay.attemptConnect(name)), std::string("database ") + name);
    facts.that(column(admin, fmt::format("SELECT datname FROM pg_database WHERE has_database_privilege({}, oid, 'CONNECT')",
                                         quoteText(names().pgadmin))),
               testing::UnorderedElementsAre(names().odooDatabase, names().pgadminDatabase), "databases with CONNECT");
    EXPECT_TRUE(facts.hold());
    // In its own database too, it has no privileges on the server.
    auto own = relay.database(names().pgadminDatabase);
    EXPECT_TRUE(forbidden::allRefused(own, forbidden::files() + forbidden::extending() + forbidden::secrets()));
}

SCENARIO(PgadminRole, ThePrivilegeMatrixGivesItWhatIsExpectedAndNothingElse, Effect::reads) {
    EXPECT_TRUE(matrixIsAsExpected({"pgadmin"}));
}

}  // namespace
}  // namespace boxtest
