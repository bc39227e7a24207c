#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "ShortSet.hpp"

namespace boxtest {
namespace {

constexpr auto readyBudget = std::chrono::minutes(30);

class SurvivesRestart : public Scenario {
   protected:
    /// The handyman's mark in a row of Odoo's table, or the actual value.
    static std::string mark() {
        auto database = guest().database(names().handyman, names().handyman, names().odooDatabase);
        return single(database, "SELECT name FROM res_partner WHERE id = (SELECT min(id) FROM res_partner)");
    }
    static void leaveMark() {
        auto database = guest().database(names().handyman, names().handyman, names().odooDatabase);
        database.execute("UPDATE res_partner SET name = 'boxtest' WHERE id = (SELECT min(id) FROM res_partner)");
    }

    /// `systemctl restart` of a running unit, as the admin does it; then checks the claims.
    static void expectSurvival(const Manifest::Service& service) {
        const auto unit = Session::quote(service.unit);
        const auto invocation = "systemctl show -P InvocationID -- " + unit;
        const auto before = guest().factsAsRoot(invocation);
        ASSERT_GT(before.size(), 1U) << service.unit << " does not run";
        leaveMark();
        const auto restarted =
            guest().asRoot("systemctl restart -- " + unit, {.input = {}, .deadline = Deadline::in(readyBudget)});
        ASSERT_TRUE(restarted.succeeded()) << restarted.describe();
        guest().waitUntilReady(Deadline::in(readyBudget));
        ASSERT_NE(guest().factsAsRoot(invocation), before) << service.unit << " was not restarted";
        Facts facts;
        facts.equal(std::string("boxtest"), mark(), "what was written before");
        ShortSet(guest()).expectAll(facts);
        EXPECT_TRUE(facts.hold());
    }
};

SCENARIO(SurvivesRestart, OfTheMachine, Effect::changes, .slow = true, .ownMachine = true) {
    const std::string bootId = "cat /proc/sys/kernel/random/boot_id";
    const auto before = guest().factsAsRoot(bootId);
    leaveMark();
    reboot();
    ASSERT_NE(guest().factsAsRoot(bootId), before) << "the machine was not restarted";
    Facts facts;
    facts.equal(std::string("boxtest"), mark(), "what was written before");
    ShortSet(guest()).expectAll(facts);
    EXPECT_TRUE(facts.hold());
}

SCENARIO(SurvivesRestart, OfPostgresql, Effect::changes, .slow = true, .ownMachine = true) {
    expectSurvival(manifest().services.postgresql);
}

SCENARIO(SurvivesRestart, OfOdoo, Effect::changes, .slow = true, .ownMachine = true) { expectSurvival(manifest().services.odoo); }

SCENARIO(SurvivesRestart, OfPgadmin, Effect::changes, .slow = true, .ownMachine = true) {
    expectSurvival(manifest().services.pgadmin);
}

SCENARIO(SurvivesRestart, OfNginx, Effect::changes, .slow = true, .ownMachine = true) {
    expectSurvival(manifest().services.nginx);
}

SCENARIO(SurvivesRestart, OfSshd, Effect::changes, .slow = true, .ownMachine = true) {
    // Debian's ssh.service also has this name.
    const std::vector<std::string> invocation{"systemctl", "show", "-P", "InvocationID", "--", "sshd.service"};
    Facts facts;
    {
        // Existing sessions survive, above all the one that restarts sshd.
        auto& session = guest().session(names().admin);
        auto database = guest().database(names().handyman, names().handyman, names().odooDatabase);
        const auto before = session.run(invocation).out;
        ASSERT_GT(before.size(), 1U) << "there is no sshd.service that runs";
        const auto restarted = session.run({"sudo", "-n", "systemctl", "restart", "--", "sshd.service"});
        ASSERT_TRUE(restarted.succeeded()) << restarted.describe();
        ASSERT_NE(session.run(invocation).out, before) << "sshd was not restarted";
        facts.equal(std::string("1"), single(database, "SELECT 1"), "over a tunnel from before");
    }
    guest().disconnect();
    guest().waitUntilReady(Deadline::in(readyBudget));
    ShortSet(guest()).expectAll(facts);
    EXPECT_TRUE(facts.hold());
}

}  // namespace
}  // namespace boxtest
