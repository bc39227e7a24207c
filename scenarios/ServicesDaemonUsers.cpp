#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "Survey.hpp"
#include "UnitFacts.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class ServicesDaemonUsers : public Scenario {
   protected:
    /// All users that run services, without duplicates.
    static std::set<std::string> users() {
        std::set<std::string> all;
        for (const Manifest::Service& service : manifest().services.all()) all.insert(service.user);
        return all;
    }

    /// The users' lines in "passwd" and "shadow", with the database and the user as section name: "passwd odoo".
    static Sections accounts() {
        std::string script;
        for (const auto& user : users())
            for (const auto* database : {"passwd", "shadow"})
                script += fmt::format("echo '== {0} '{1}; getent {0} {1}\n", database, Session::quote(user));
        return Sections::parse(guest().factsAsRoot(script));
    }
};

SCENARIO(ServicesDaemonUsers, EveryProcessOfEveryUnitRunsAsItsOwnUser, Effect::reads) {
    Facts facts;
    for (const auto& unit : UnitFacts::gather(guest())) {
        facts.expect(unit.uid != "0", unit.unit + " is root's");
        facts.equal(unit.user, unit.property("User"), unit.unit);
        facts.expect(unit.runs(), unit.unit);
        for (const auto& process : unit.processes) {
            const auto who = unit.unit + ": " + process.describe();
            // Real, effective, saved, file system.
            facts.that(splitWords(process.field("Uid")), testing::ElementsAre(unit.uid, unit.uid, unit.uid, unit.uid),
                       who + " does not run as " + unit.user);
            facts.that(splitWords(process.field("Gid")), testing::Each(unit.gid), who);
            facts.that(splitWords(process.field("Groups")), testing::Each(unit.gid), who + " has further groups");
        }
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(ServicesDaemonUsers, NoProcessRunsOutsideOfItsUnit, Effect::reads) {
    // Checks every process of the machine: a second server, or a program that an intruder left running as a service's user,
    // belongs to no unit.
    EXPECT_THAT(Survey::run(guest(), "doors").findings({"process", "runs", "watcher", "cluster", "server", "odoo"}), IsEmpty());
}

SCENARIO(ServicesDaemonUsers, EachServiceHasAUserOfItsOwn, Effect::reads) {
    EXPECT_EQ(users().size(), manifest().services.all().size());
    std::set<std::string> uids;
    for (const auto& unit : UnitFacts::gather(guest())) uids.insert(unit.uid);
    EXPECT_EQ(uids.size(), manifest().services.all().size()) << "two names, one uid";
    EXPECT_EQ(manifest().services.postgresql.user, names().superuser);
    EXPECT_EQ(manifest().services.odoo.user, names().odoo);
    EXPECT_EQ(manifest().services.pgadmin.user, names().pgadmin);
    for (const auto& person : {names().admin, names().handyman})
        EXPECT_FALSE(users().contains(person)) << person << " runs a service";
}

SCENARIO(ServicesDaemonUsers, TheirAccountsHaveNoShellAndNoPassword, Effect::reads) {
    const auto found = accounts();
    for (const auto& user : users()) {
        const auto passwd = splitAt(found.line("passwd " + user), ':');
        ASSERT_EQ(passwd.size(), 7U) << user;
        EXPECT_GT(std::stoi(passwd[2]), 0) << user;
        EXPECT_LT(std::stoi(passwd[2]), 1000) << user << " is no system user";
        EXPECT_THAT(passwd[6], testing::AnyOf(testing::EndsWith("/nologin"), testing::EndsWith("/false")))
            << user << " has a login shell";
        const auto shadow = splitAt(found.line("shadow " + user), ':');
        ASSERT_GE(shadow.size(), 2U) << user;
        EXPECT_THAT(shadow[1], testing::AnyOf(testing::StartsWith("!"), testing::StartsWith("*")))
            << user << "'s password is not locked";
    }
}

SCENARIO(ServicesDaemonUsers, SshLetsNoneOfThemIn, Effect::reads,
         .notLive = "refused logins are no reads: sshd would shut the verifier out") {
    // The key itself is valid: the admin's session uses it.
    ASSERT_TRUE(guest().session(names().admin).alive());
    for (const auto& user : users()) {
        try {
            const auto session = Session::connect(guest().sshTarget(), user, manifest().ssh.keyOf(names().admin),
                                                  Deadline::in(std::chrono::minutes(2)), guest().failure());
            ADD_FAILURE() << "the admin's key logs in as " << user;
        } catch (const AuthenticationError& error) {
            EXPECT_THAT(error.offeredMethods(), testing::ElementsAre("publickey")) << user;
        }
    }
}

SCENARIO(ServicesDaemonUsers, NoneOfThemHasAuthorizedKeys, Effect::reads) {
    std::string script = R"sh(
keys() {
  home=$(getent passwd "$1" | cut -d: -f6)
  for file in "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2" "/etc/ssh/authorized_keys.d/$1"; do test -e "$file" && echo "$file"; done
}
)sh";
    for (const auto& user : users()) script += "keys " + Session::quote(user) + "\n";
    EXPECT_THAT(splitLines(guest().factsAsRoot(script + "true")), IsEmpty());
    // As a control, the people's keys are found in this way.
    EXPECT_THAT(splitLines(guest().factsAsRoot(script.substr(0, script.find("}\n") + 2) + "keys " +
                                               Session::quote(names().admin) + "\ntrue")),
                testing::Not(IsEmpty()));
}

SCENARIO(ServicesDaemonUsers, SudoHasNothingForThem, Effect::reads) {
    Facts facts;
    for (const auto& user : users()) {
        const auto rules = guest().asRoot("sudo -n -l -U " + Session::quote(user));
        facts.that(rules.out + rules.err, testing::HasSubstr("is not allowed to run sudo"), user + ": " + rules.describe());
    }
    EXPECT_TRUE(facts.hold());
    EXPECT_THAT(guest().asRoot("sudo -n -l -U " + Session::quote(names().admin)).out, testing::HasSubstr("may run the following"))
        << "not even the admin's rules are found";
}

SCENARIO(ServicesDaemonUsers, ThePeoplesKeysAreTheirs, Effect::reads) {
    for (const auto& [user, key] : manifest().ssh.privateKeys) {
        const auto lines = splitLines(guest().factsAsRoot(fmt::format(R"sh(
home=$(getent passwd {0} | cut -d: -f6)
for file in "$home/.ssh" "$home/.ssh/authorized_keys" "/etc/ssh/authorized_keys.d/"{0}; do
  test -e "$file" && stat -L -c '%a %U %n' "$file"
done
true)sh",
                                                                      Session::quote(user))));
        ASSERT_FALSE(lines.empty()) << user << " logs in, but by which file?";
        for (const auto& line : lines) {
            const auto words = splitWords(line);
            ASSERT_EQ(words.size(), 3U) << line;
            const bool inHome = words[2].find("/.ssh") != std::string::npos;
            EXPECT_THAT(words[1], testing::AnyOf(user, "root")) << line;
            EXPECT_EQ(std::stoi(words[0], nullptr, 8) & (inHome ? 077 : 022), 0) << line << ": open to others";
        }
    }
}

}  // namespace
}  // namespace boxtest
