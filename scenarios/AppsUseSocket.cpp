#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Scenario.hpp"
#include "Sections.hpp"
#include "Survey.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class AppsUseSocket : public Scenario {
   protected:
    /// Client connections to a database as a role that were active since a point in time; TCP connections are marked.
    static std::vector<std::string> connectionsSince(Database& admin, const std::string& role, const std::string& database,
                                                     const std::string& moment) {
        return column(
            admin,
            fmt::format(
                "SELECT CASE WHEN client_addr IS NULL AND client_port = -1 THEN 'socket' ELSE 'TCP from ' || "
                "coalesce(client_addr::text, '?') END FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = "
                "{} AND datname = {} AND state_change >= {}",
                quoteText(role), quoteText(database), quoteText(moment)));
    }

    static std::string now(Database& admin) { return single(admin, "SELECT clock_timestamp()"); }
};

SCENARIO(AppsUseSocket, OdooServesAPageThroughTheSocketAsItsOwnRole, Effect::reads) {
    auto admin = guest().adminDatabase("postgres");
    const auto moment = now(admin);
    const auto page = guest().odoo().loginPage();
    ASSERT_EQ(page.status, 200) << page.describe();
    const auto seen = connectionsSince(admin, names().odoo, names().odooDatabase, moment);
    EXPECT_THAT(seen, testing::Not(IsEmpty())) << "Odoo served a page, but no connection of role '" << names().odoo << "' to '"
                                               << names().odooDatabase << "' had to do with it";
    EXPECT_THAT(seen, testing::Each("socket"));
}

SCENARIO(AppsUseSocket, PgadminServesAPageThroughTheSocketAsItsOwnRole, Effect::changes) {
    auto admin = guest().adminDatabase("postgres");
    const auto moment = now(admin);
    auto pgadmin = guest().pgadmin();
    ASSERT_TRUE(pgadmin.login(manifest().web.pgadmin.login, manifest().web.pgadmin.password()))
        << "pgAdmin refuses the manifest's login";
    const auto seen = connectionsSince(admin, names().pgadmin, names().pgadminDatabase, moment);
    EXPECT_THAT(seen, testing::Not(IsEmpty()))
        << "somebody logged in to pgAdmin, but no connection of role '" << names().pgadmin << "' to '" << names().pgadminDatabase
        << "' had to do with it: where does it keep its users?";
    EXPECT_THAT(seen, testing::Each("socket"));
}

SCENARIO(AppsUseSocket, NoClientOfPostgresqlComesOverTcp, Effect::reads) {
    auto admin = guest().adminDatabase("postgres");
    EXPECT_GE(std::stoi(single(admin,
                               fmt::format("SELECT count(*) FROM pg_stat_activity WHERE usename = {}", quoteText(names().odoo)))),
              1)
        << "Odoo has no connection at all";
    EXPECT_THAT(column(admin,
                       "SELECT format('%s in %s from %s', usename, datname, client_addr) FROM pg_stat_activity WHERE client_addr "
                       "IS NOT NULL OR "
                       "(backend_type = 'client backend' AND client_port IS DISTINCT FROM -1)"),
                IsEmpty());
}

SCENARIO(AppsUseSocket, EachDatabaseHasConnectionsOfItsApplicationOnly, Effect::reads) {
    auto admin = guest().adminDatabase("postgres");
    ASSERT_EQ(guest().odoo().loginPage().status, 200);
    // Apart from the applications, only this scenario itself is connected.
    const auto strangers = [&](const std::string& database, const std::string& allowed) {
        return column(
            admin,
            fmt::format(
                "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = {} AND backend_type = 'client backend' AND pid <> "
                "pg_backend_pid() AND usename NOT IN ({})",
                quoteText(database), allowed));
    };
    EXPECT_THAT(strangers(names().odooDatabase, quoteText(names().odoo) + ", " + quoteText(names().pgadmin)), IsEmpty());
    EXPECT_THAT(strangers(names().pgadminDatabase, quoteText(names().pgadmin)), IsEmpty());
}

SCENARIO(AppsUseSocket, TheSocketHasNoOtherClients, Effect::reads) {
    ASSERT_EQ(guest().odoo().loginPage().status, 200);
    EXPECT_THAT(Survey::run(guest(), "doors").findings({"client", "outgoing"}), IsEmpty());
}

SCENARIO(AppsUseSocket, PgadminKeepsItsUsersInPostgresqlAndInNoFile, Effect::reads) {
    auto admin = guest().adminDatabase(names().pgadminDatabase);
    EXPECT_EQ(single(admin, fmt::format(R"sql(SELECT count(*) FROM public."user" WHERE email = {})sql",
                                        quoteText(manifest().web.pgadmin.login))),
              "1");
    EXPECT_EQ(single(admin, "SELECT count(*) FROM public.alembic_version"), "1");
    std::string script = "set -e; for place in";
    for (const auto& path : manifest().services.pgadmin.privatePaths) script += " " + Session::quote(path);
    // Searches for the first bytes of an SQLite file; the places themselves must exist.
    script += R"sh(; do
  test -e "$place"
  find "$place" -type f -size +0 -exec sh -c 'for f; do [ "$(head -c 15 "$f" | tr -d "\0")" != "SQLite format 3" ] || echo "$f"; done' sh {} +
done)sh";
    EXPECT_THAT(splitLines(guest().factsAsRoot(script)), IsEmpty()) << "pgAdmin keeps an SQLite database beside PostgreSQL";
}

}  // namespace
}  // namespace boxtest
