#include "HandymanNothingElse.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "Forbidden.hpp"

namespace boxtest {

using forbidden::operator+;

void HandymanNothingElse::SetUp() {
    ASSERT_TRUE(postgresqlLives());
    database_.emplace(guest().database(names().handyman, names().handyman, names().odooDatabase));
    ASSERT_EQ(single(database(), "SELECT count(*) > 0 FROM res_users"), "t") << "she cannot even read";
}

namespace {

SCENARIO(HandymanNothingElse, SheMakesNothingAndChangesNoTable, Effect::rollsBack, .handyman = true) {
    EXPECT_TRUE(forbidden::allRefused(database(), forbidden::objects() + forbidden::odoosTables(names().handyman)));
}

SCENARIO(HandymanNothingElse, SheReachesNoFileNoProgramAndNoSecretOfTheServer, Effect::rollsBack,
         .notLive = "if it were not refused, the server would do it to everybody") {
    EXPECT_TRUE(forbidden::allRefused(database(), forbidden::files() + forbidden::extending() + forbidden::secrets()));
}

SCENARIO(HandymanNothingElse, SheBecomesNobodyElseAndGivesNothingAway, Effect::rollsBack,
         .notLive = "if it were not refused, the server would do it to everybody") {
    EXPECT_TRUE(forbidden::allRefused(database(), forbidden::roles(names(), names().handyman)));
    // For these, PostgreSQL only sends a warning: 01007, privilege not granted.
    Facts facts;
    for (const auto* statement : {"GRANT SELECT ON res_users TO PUBLIC", "GRANT ALL ON res_partner TO PUBLIC",
                                  "GRANT USAGE ON SCHEMA public TO PUBLIC"}) {
        Transaction transaction(database());
        const auto outcome = transaction.attempt(statement);
        facts.expect(outcome.noticed(sqlstate::privilegeNotGranted), std::string(statement) + ": " + outcome.describe());
    }
    EXPECT_TRUE(facts.hold());
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_EQ(single(admin, "SELECT has_table_privilege('public', 'public.res_users', 'SELECT')"), "f");
    EXPECT_EQ(single(database(), "SELECT session_user = current_user"), "t");
}

SCENARIO(HandymanNothingElse, SheDoesNotRunTheServer, Effect::rollsBack,
         .notLive = "if it were not refused, the server would do it to everybody") {
    auto admin = guest().adminDatabase("postgres");
    const auto odooBackend =
        single(admin, fmt::format("SELECT max(pid) FROM pg_stat_activity WHERE usename = {}", quoteText(names().odoo)));
    ASSERT_NE(odooBackend, "<null>") << "Odoo has no connection: there is nothing that she could end";
    const auto odooDatabase = quoteName(names().odooDatabase);
    EXPECT_TRUE(
        forbidden::allRefused(database(), forbidden::server({std::to_string(admin.backendPid()), odooBackend}) +
                                              forbidden::Statements{
                                                  "ALTER DATABASE " + odooDatabase + " SET search_path = evil",
                                                  "ALTER DATABASE " + odooDatabase + " OWNER TO " + quoteName(names().handyman),
                                                  "GRANT CREATE ON DATABASE postgres TO PUBLIC, " + quoteName(names().handyman),
                                              }));
    EXPECT_TRUE(forbidden::allRefusedOutsideOfTransactions(
        database(), forbidden::outsideOfTransactions(names()) + forbidden::Statements{"DROP DATABASE " + odooDatabase}, admin));
}

SCENARIO(HandymanNothingElse, MaintenanceIsSkippedWithAWarning, Effect::rollsBack, .handyman = true) {
    Facts facts;
    for (const auto* statement :
         {"VACUUM ir_config_parameter", "ANALYZE ir_config_parameter", "VACUUM FULL ir_config_parameter"}) {
        const auto outcome = database().attempt(statement);
        facts.expect(outcome.noticed(sqlstate::warning), std::string(statement) + " as a handyman: " + outcome.describe());
    }
    EXPECT_TRUE(facts.hold());
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto outcome = admin.attempt("ANALYZE public.ir_config_parameter");
    EXPECT_TRUE(outcome.succeeded() && outcome.notices.empty()) << "as the admin: " << outcome.describe();
}

SCENARIO(HandymanNothingElse, ThePrivilegeMatrixGivesHandymenWhatIsExpectedAndNothingElse, Effect::reads, .handyman = true) {
    EXPECT_TRUE(matrixIsAsExpected({"handyman", "handymanGroup"}));
}

}  // namespace
}  // namespace boxtest
