#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "Facts.hpp"
#include "HbaRules.hpp"
#include "PeerProbe.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "Survey.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class PeerAuth : public Scenario {
   protected:
    void SetUp() override { ASSERT_TRUE(postgresqlLives()); }

    /// The roles that may log in, each with the databases that it may enter.
    static std::map<std::string, std::vector<std::string>> doors() {
        const auto& name = names();
        const std::vector<std::string> all{"postgres", "template1", name.odooDatabase, name.pgadminDatabase};
        return {{name.superuser, all},
                {name.admin, all},
                // Odoo looks up its database, and listens for bus notifications, in the database postgres.
                {name.odoo, {name.odooDatabase, "postgres"}},
                {name.pgadmin, {name.pgadminDatabase, name.odooDatabase}},
                {name.handyman, {name.odooDatabase}}};
    }

    /// For the report's picture, which is left out if the rules cannot be read: other scenarios check the rules.
    static HbaRules rules() {
        try {
            auto database = guest().adminDatabase("postgres");
            return HbaRules::read(database);
        } catch (const Error&) {
            return {};
        }
    }
};

SCENARIO(PeerAuth, EveryOsUserEntersAsItselfAndItsOwnDatabasesOnly, Effect::reads, .parallel = true) {
    const auto roles = doors();
    // In addition to users with a role: root, users without a role, and everybody who has an SSH key.
    const std::string stranger = "nobody";
    std::set<std::string> users{"root", stranger, manifest().services.nginx.user};
    for (const auto& [user, key] : manifest().ssh.privateKeys) users.insert(user);
    for (const auto& [role, databases] : roles) users.insert(role);
    auto asked = users;
    asked.insert(names().handymanGroup);

    // Role and database select the rule; the OS user matters only for the rule's method. So every rule is tried with the role's
    // own user and a stranger, and every user is tried with all roles in one database. A rule that treats one stranger
    // differently from another would need a map: see EveryRuleIsPeerOrRejectWithoutAMap.
    std::vector<PeerAttempt> attempts;
    for (const auto& user : users) {
        for (const auto& role : asked) {
            attempts.push_back({.osUser = user, .role = role, .database = names().odooDatabase});
            if (user != role && user != stranger) continue;
            for (const auto& database : {std::string("postgres"), std::string("template1"), names().pgadminDatabase})
                attempts.push_back({.osUser = user, .role = role, .database = database});
            attempts.push_back({.osUser = user, .role = role, .database = names().odooDatabase, .replication = true});
        }
    }
    // All other accounts must be refused too, whatever maps the server may have loaded.
    for (const auto& line : splitLines(guest().factsAsRoot("getent passwd"))) {
        const auto user = splitAt(line, ':').at(0);
        if (users.contains(user)) continue;
        for (const auto& [role, databases] : roles)
            for (const auto& database : databases) {
                attempts.push_back({.osUser = user, .role = role, .database = database});
                if (role != names().superuser) break;
            }
    }
    probePeers(guest(), attempts);
    attach("peer-matrix.txt", peerMatrix(attempts));
    attachJson("peers.json", peersJson(attempts, rules()));

    Facts facts;
    for (const auto& attempt : attempts) {
        const auto found = roles.find(attempt.role);
        // No rule is about replication, and "all" databases of a superuser do not include it.
        const bool mayEnter = found != roles.end() && attempt.osUser == attempt.role && !attempt.replication &&
                              std::ranges::find(found->second, attempt.database) != found->second.end();
        facts.equal(std::string(mayEnter ? sqlstate::success : sqlstate::invalidAuthorization), attempt.sqlstate,
                    attempt.describe() + ": " + (attempt.message.empty() ? "let in as " + attempt.sessionUser : attempt.message));
        if (mayEnter) facts.equal(attempt.osUser, attempt.sessionUser, attempt.describe());
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(PeerAuth, NobodyStandsBetweenUsersAndTheSocket, Effect::reads, .parallel = true) {
    // PostgreSQL sees only the process that connects: a relay would let every user that reaches it connect as the relay's user.
    EXPECT_THAT(Survey::run(guest(), "doors").findings({"door", "client", "process", "cluster", "server"}), IsEmpty());
}

SCENARIO(PeerAuth, NoRoleHasAPassword, Effect::reads, .parallel = true) {
    auto database = guest().adminDatabase("postgres");
    EXPECT_THAT(column(database, "SELECT rolname FROM pg_authid WHERE rolpassword IS NOT NULL"), IsEmpty());
    EXPECT_GE(std::stoi(single(database, "SELECT count(*) FROM pg_authid WHERE rolcanlogin")), 5)
        << "the roles that should be there are not";
}

SCENARIO(PeerAuth, EveryRuleIsPeerOrRejectWithoutAMap, Effect::reads, .parallel = true) {
    auto database = guest().adminDatabase("postgres");
    EXPECT_THAT(column(database,
                       "SELECT format('line %s: %s %s %s %s', line_number, database, user_name, auth_method, options) FROM "
                       "pg_hba_file_rules WHERE "
                       "coalesce(auth_method, '') NOT IN ('peer', 'reject') OR options IS NOT NULL OR error IS NOT NULL"),
                IsEmpty());
    EXPECT_GE(std::stoi(single(database, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'peer'")), 4);
    if (database.serverVersion() >= 150000) {
        EXPECT_THAT(column(database, "SELECT format('%s %s %s', map_name, sys_name, pg_username) FROM pg_ident_file_mappings"),
                    IsEmpty());
    }
}

SCENARIO(PeerAuth, TheServerWorksByWhatItsFilesSay, Effect::reads, .parallel = true) {
    // The views above are read from the files: they show the active rules only if nothing was changed since the last load.
    const auto survey = Survey::ofServer(guest());
    attach("server.txt", survey.text());
    EXPECT_THAT(survey.findings(), IsEmpty());
}

SCENARIO(PeerAuth, OnlyTheKnownRolesMayLogIn, Effect::reads, .parallel = true) {
    auto database = guest().adminDatabase("postgres");
    std::set<std::string> known;
    for (const auto& [role, databases] : doors()) known.insert(role);
    // The guest declares further handymen by their keys.
    for (const auto& [user, key] : manifest().ssh.privateKeys) known.insert(user);
    const auto roles = column(database, "SELECT rolname FROM pg_roles WHERE rolcanlogin ORDER BY 1");
    Facts facts;
    for (const auto& role : roles) facts.expect(known.contains(role), "role '" + role + "' may log in, and nobody said so");
    for (const auto& [role, databases] : doors()) facts.that(roles, testing::Contains(role), "roles that may log in");
    EXPECT_TRUE(facts.hold());
}

}  // namespace
}  // namespace boxtest
