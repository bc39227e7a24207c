#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "MachineState.hpp"
#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "base/RunProgram.hpp"
#include "machine/VerifyFixture.hpp"

namespace boxtest {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Returns `text` without line ends and indentation, which a log changes.
std::string inOneLine(const std::string& text) {
    std::string result;
    std::istringstream words(text);
    for (std::string word; words >> word;) result += (result.empty() ? "" : " ") + word;
    return result;
}

TEST_F(VerifyOfAGuest, AGoodOneKeepsWhatCanBeSeenAndItsJournalTellsWhoLooked) {
    const auto good = verify({"tcp-refused:peer-auth:maintenance", "--json", file("first.json").string()});
    EXPECT_EQ(good.status.code, 0) << good.out << good.err;
    const auto report = nlohmann::json::parse(readWholeFile(file("first.json")));
    EXPECT_THAT(report["live"]["deviations"], IsEmpty());
    EXPECT_THAT(report["live"]["options"].get<std::vector<std::string>>(),
                testing::ElementsAre("-F", file("config").string(), "--ca", guest().manifest().web.caCertificate.string(),
                                     "--handyman-key", file("handyman-key").string()));
    for (const auto& claim : report["claims"]) {
        const auto id = claim["claim"].get<std::string>();
        if (id == "peer-auth") {
            EXPECT_EQ(claim["verdict"], "proven");
        }
        if (id == "tcp-refused") {
            EXPECT_EQ(claim["verdict"], "in part");
        }
        if (id == "maintenance") {
            EXPECT_EQ(claim["verdict"], "not live");
        }
    }
    EXPECT_THAT(guest().factsAsRoot("journalctl -q --no-pager -o cat -t boxtest"),
                testing::AllOf(HasSubstr("verifies this machine as " + guest().names().admin), HasSubstr(": begun, "),
                               HasSubstr(": ended, ")));

    guest().adminDatabase("postgres").execute("ALTER ROLE " + quoteName(guest().names().handyman) + " PASSWORD 'x'");
    const auto bad = verify({"peer-auth", "--since", file("first.json").string()});
    EXPECT_EQ(bad.status.code, 1) << bad.out << bad.err;
    EXPECT_THAT(bad.out, HasSubstr("PeerAuth.NoRoleHasAPassword: failed, was passed"));
    EXPECT_THAT(bad.out, HasSubstr("peer-auth: broken, was proven"));
    EXPECT_THAT(bad.out, HasSubstr("    again: boxtest verify " + guest().names().admin +
                                   "@theirs PeerAuth.NoRoleHasAPassword -F " + file("config").string() + " --ca "));
}

TEST_F(VerifyOfAGuest, AnotherHostKeyEndsItBeforeAnythingIsSent) {
    theirs_->know("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJj0zSTXLUFxOY9jV4Xny0W5l8pNq5eSP9QFEWX7Y5cU");
    const auto refused = verify({"tcp-refused"});
    EXPECT_EQ(refused.status.code, 3) << refused.out;
    EXPECT_THAT(refused.err, HasSubstr("another machine than known_hosts knows"));
}

TEST_F(VerifyOfAGuest, TheAgentsKeyIsTheAdmins) {
    writeFileAtomically(file("config"),
                        "Host theirs\n  HostName 127.0.0.1\n  Port " + std::to_string(fork_->info().ports.ssh) +
                            "\n  IdentityFile " + file("none").string() +
                            "\n  GlobalKnownHostsFile /dev/null\n  UserKnownHostsFile " + file("known_hosts").string() + "\n",
                        0600);
    const std::string scenario = "AdminTunnel.TheServerSeesAUnixSocket";
    const auto nobody = runIt(theirs_->words(), {scenario}, {"env", "-u", "SSH_AUTH_SOCK"});
    EXPECT_EQ(nobody.status.code, 3) << nobody.out;
    EXPECT_THAT(nobody.err, HasSubstr("refuses user"));
    const auto agent =
        runIt(theirs_->words(), {scenario}, {"ssh-agent", "sh", "-c", R"(ssh-add -q "$0" && exec "$@")", file("key").string()});
    EXPECT_EQ(agent.status.code, 0) << agent.out << agent.err;
}

TEST_F(VerifyOfAGuest, WhatHandymenSeeIsTriedWithAKeyOfHersOnly) {
    const std::string hers = "HandymanTunnel.SheIsHerselfInTheOdooDatabase";
    const auto without = verifyWithoutHandyman({hers});
    EXPECT_EQ(without.status.code, 2) << without.out;
    EXPECT_THAT(without.err, HasSubstr("it logs in as a handyman, which needs --handyman-key FILE"));
    const auto admins = verifyWithoutHandyman({hers, "--handyman-key", file("key").string()});
    EXPECT_EQ(admins.status.code, 1) << admins.out << admins.err;
    EXPECT_THAT(admins.out, HasSubstr("refuses user '" + guest().names().handyman + "'"));
    const auto with = verify({hers});
    EXPECT_EQ(with.status.code, 0) << with.out << with.err;
}

TEST_F(VerifyOfAGuest, WhatWritesRunsWhenThatIsAllowedAndLeavesTheMachineAsItWas) {
    const std::string admins = "AdminTunnel.TheAdminMakesAndDropsRolesAndDatabases";
    const std::string hers = "HandymanData.SheReadsCopiesAndChangesPartnersAndUsers";
    const auto refused = verify({admins});
    EXPECT_EQ(refused.status.code, 2) << refused.out;
    EXPECT_THAT(refused.err, HasSubstr("it writes and rolls back, which needs --allow-rollback"));
    const auto before = MachineState::of(guest(), Effect::rollsBack);
    const auto allowed = verify({admins + ":" + hers, "--allow-rollback"});
    EXPECT_EQ(allowed.status.code, 0) << allowed.out << allowed.err;
    EXPECT_THAT(allowed.out, HasSubstr("2 passed, 0 failed, 0 not run of 2 scenarios"));
    EXPECT_THAT(MachineState::of(guest(), Effect::rollsBack, &before).differencesFrom(before), IsEmpty());
}

TEST_F(VerifyOfAGuest, TheServersStatementLogHasTheDeclaredStatementsAndNoOthers) {
    const auto filter = "tcp-refused:peer-auth:admin-tunnel:apps-use-socket:*-role";
    const auto printed = verify({filter, "--dry-run"});
    ASSERT_TRUE(printed.succeeded()) << printed.describe();
    std::set<std::string> declared;
    {
        std::istringstream lines(printed.out);
        std::string text;
        bool isStatement = false;
        const auto end = [&] {
            // A statement with a placeholder is not looked for.
            if (isStatement && text.find("<time>") == std::string::npos && text.find("<number>") == std::string::npos)
                declared.insert(inOneLine(text));
            text.clear();
            isStatement = false;
        };
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("=== ") || line.starts_with("##### ")) {
                end();
                isStatement = line.starts_with("=== statement | ");
            } else {
                text += line + "\n";
            }
        }
        end();
    }
    ASSERT_GE(declared.size(), 20U);

    {
        auto database = guest().adminDatabase("postgres");
        for (const auto* setting : {"log_statement = 'all'", "log_line_prefix = 'boxtest-log %a|%u|'"})
            database.execute(std::string("ALTER SYSTEM SET ") + setting);
        database.execute("SELECT pg_reload_conf()");
    }
    const auto run = verify({filter});
    // Status 1: this logging is not a setting of the policy, and verify reports it.
    ASSERT_EQ(run.status.code, 1) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("log_statement = 'all'"));

    const auto log =
        guest().factsAsRoot("journalctl -q --no-pager -o cat -u " + Session::quote(guest().manifest().services.postgresql.unit));
    const auto ours = "boxtest-log boxtest|" + guest().names().admin + "|";
    std::set<std::string> logged;
    std::istringstream lines(log);
    std::string text;
    bool isOurs = false;
    for (std::string line; std::getline(lines, line);) {
        if (isOurs && line.starts_with("\t")) {
            text += line + "\n";
            continue;
        }
        if (isOurs) logged.insert(inOneLine(text));
        isOurs = false;
        if (!line.starts_with(ours)) continue;
        for (const std::string mark : {"statement: ", "execute <unnamed>: "}) {
            if (const auto at = line.find(mark); !isOurs && at != std::string::npos) {
                isOurs = true;
                text = line.substr(at + mark.size()) + "\n";
            }
        }
    }
    const auto everything = inOneLine(printed.out);
    for (const auto& statement : declared) EXPECT_THAT(logged, Contains(statement)) << "declared, and not in the server's log";
    EXPECT_THAT(logged, Not(IsEmpty()));
    for (const auto& statement : logged) {
        // A statement with a placeholder is known by the text before the placeholder.
        const auto known =
            everything.find(statement) != std::string::npos || statement.find("state_change >= '") != std::string::npos;
        EXPECT_TRUE(known) << "in the server's log, and not declared: " << statement;
    }
}

}  // namespace
}  // namespace boxtest
