#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "Survey.hpp"
#include "UnitFacts.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class HandymanNoOs : public Scenario {
   protected:
    static Session& handyman() { return guest().session(names().handyman); }

    /// All paths that only a service's user may read.
    static std::vector<std::string> privatePaths() {
        std::vector<std::string> all;
        for (const Manifest::Service& service : manifest().services.all()) {
            all.insert(all.end(), service.privatePaths.begin(), service.privatePaths.end());
        }
        return all;
    }
};

SCENARIO(HandymanNoOs, SheIsAnOrdinaryUserInNoGroupButHerOwn, Effect::reads, .handyman = true) {
    const auto result = handyman().run("id -un; id -u; id -gn; id -Gn; echo \"$HOME\"");
    ASSERT_TRUE(result.succeeded()) << result.describe();
    const auto lines = splitLines(result.out);
    ASSERT_EQ(lines.size(), 5U) << result.describe();
    EXPECT_EQ(lines[0], names().handyman);
    EXPECT_GE(std::stoi(lines[1]), 1000) << "her uid is one of the system's";
    EXPECT_EQ(lines[3], lines[2]) << "groups besides her own";
    EXPECT_THAT(lines[2], testing::AnyOf(names().handyman, "users"));
    // The group file, which also applies to later sessions.
    EXPECT_THAT(
        splitLines(guest().factsAsRoot("getent group | awk -F: -v user=" + Session::quote(names().handyman) +
                                       " '{ n = split($4, m, \",\"); for (i = 1; i <= n; i++) if (m[i] == user) print $1 }'")),
        IsEmpty())
        << "groups that she is a member of";
}

SCENARIO(HandymanNoOs, SudoHasNothingForHer, Effect::reads, .handyman = true) {
    ASSERT_TRUE(guest().session(names().admin).run({"sudo", "-n", "true"}).succeeded())
        << "sudo does not even work for the admin";
    const auto refused = handyman().run({"sudo", "-n", "id", "-un"});
    EXPECT_FALSE(refused.succeeded()) << refused.describe();
    EXPECT_EQ(refused.out, "");
    const auto listed = handyman().run({"sudo", "-n", "-l"});
    EXPECT_FALSE(listed.succeeded()) << listed.describe();
    // The sudo rules for her, with or without a password.
    const auto rules = guest().asRoot("sudo -n -l -U " + Session::quote(names().handyman));
    EXPECT_THAT(rules.out + rules.err, testing::HasSubstr("is not allowed to run sudo")) << rules.describe();
    EXPECT_THAT(rules.out, testing::Not(testing::HasSubstr("may run the following"))) << rules.describe();
}

SCENARIO(HandymanNoOs, SheBecomesNobodyElse, Effect::reads, .notLive = "it needs to know the keys of all people") {
    // She cannot become root or any user with a shell: not with su, pkexec, doas or run0, and not through an unexpected account,
    // password or PAM rule. The tools themselves work for root.
    EXPECT_THAT(Survey::ofAccounts(guest()).findings(), IsEmpty());
}

SCENARIO(HandymanNoOs, SheReadsNoServicesDataAndNoSecretOfTheSystem, Effect::reads, .handyman = true) {
    auto paths = privatePaths();
    ASSERT_FALSE(paths.empty());
    paths.push_back(manifest().postgresql.dataDirectory);
    paths.insert(paths.end(), {"/etc/shadow", "/root", "/home/" + names().admin, "/etc/ssh/ssh_host_ed25519_key"});
    std::string exists, read;
    for (const auto& path : paths) {
        exists += fmt::format("test -e {0} || echo {0}\n", Session::quote(path));
        read += fmt::format(
            "if [ -d {0} ]; then ls -A {0} >/dev/null 2>&1 && echo {0}; else cat {0} >/dev/null 2>&1 && echo {0}; fi\n"
            "if [ -w {0} ]; then echo 'may write' {0}; fi\n",
            Session::quote(path));
    }
    ASSERT_THAT(splitLines(guest().factsAsRoot(exists + "true")), IsEmpty()) << "these are not there, so that nothing is proved";
    const auto result = handyman().run(read + "echo done");
    ASSERT_THAT(result.out, testing::EndsWith("done\n")) << result.describe();
    EXPECT_EQ(result.out, "done\n") << "she reads or writes these";
}

SCENARIO(HandymanNoOs, NoFileOfTheMachineIsAWayUp, Effect::reads,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    // Set-user-ID programs and capabilities, devices, files writable for others, copies of a cluster: on every file system. Every
    // program that raises its caller's privileges must be identical to the one that the guest's builder installed.
    EXPECT_THAT(Survey::ofFiles(guest()).findings({"file", "mount", "link", "cluster", "built"}), IsEmpty());
}

SCENARIO(HandymanNoOs, TheServicesDoNotObeyHer, Effect::reads, .notLive = "if it were not refused, services would be restarted") {
    const auto before = UnitFacts::gather(guest());
    // A unit of no use to anybody: root, who restarts no service here, restarts this one.
    guest().factsAsRoot("systemd-run --quiet --collect --unit=boxtest-obeys sleep 3600");
    std::string script =
        "systemctl --no-ask-password restart boxtest-obeys.service </dev/null 2>/dev/null && echo restart useless\n";
    for (const auto& unit : before) {
        ASSERT_TRUE(unit.runs());
        script += fmt::format(R"sh(
systemctl --no-ask-password reset-failed {0} </dev/null 2>/dev/null && echo reset-failed {0}
[ "$(id -u)" = 0 ] || {{ systemctl --no-ask-password restart {0} </dev/null 2>/dev/null && echo restart {0}; }}
kill -0 {1} 2>/dev/null && echo signal {0}
cat /proc/{1}/environ >/dev/null 2>&1 && echo environment {0}
ls /proc/{1}/fd >/dev/null 2>&1 && echo descriptors {0}
)sh",
                              Session::quote(unit.unit), unit.property("MainPID"));
    }
    const auto journal = "journalctl -q --no-pager -n 1 -u " + Session::quote(before[0].unit);
    ASSERT_NE(guest().factsAsRoot(journal), "") << "there is no journal that she could read";
    // As a control, root's kill and reads succeed on these processes: each output line shows it.
    const auto control = guest().factsAsRoot(script);
    for (const auto* what : {"signal", "environment", "descriptors", "reset-failed"})
        EXPECT_THAT(control, testing::HasSubstr(std::string(what) + " " + before[0].unit))
            << "not even root can: nothing is proved";
    EXPECT_THAT(control, testing::HasSubstr("restart useless")) << "not even root can restart a unit: nothing is proved";
    const auto result = handyman().run(script + journal + " 2>/dev/null\necho done");
    EXPECT_EQ(result.out, "done\n") << "she can do this to the services: " << result.describe();
    guest().factsAsRoot("systemctl stop boxtest-obeys.service");
    const auto after = UnitFacts::gather(guest());
    Facts facts;
    for (std::size_t i = 0; i < before.size(); ++i)
        facts.equal(before[i].property("MainPID"), after[i].property("MainPID"), before[i].unit + " runs as another process now");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(HandymanNoOs, NoDoorIsOpenToHerThatNobodyKnows, Effect::reads) {
    // Through her tunnels she can reach every loopback port, and every socket whose mode permits it.
    EXPECT_THAT(Survey::run(guest(), "doors").findings({"door", "ipc", "namespace", "interface", "process", "runs", "watcher"}),
                IsEmpty());
}

SCENARIO(HandymanNoOs, HerSocketsBringNoModuleIntoTheKernel, Effect::changes, .handyman = true) {
    // The kernel loads the module of a protocol for whoever opens a socket of it, and each is code of the kernel's that she could
    // then try. What ss(8) asks for, the packet filter and DHCP may come.
    const auto survey = Survey::ofProtocols(guest());
    attach("protocols.txt", survey.text());
    EXPECT_THAT(survey.findings(), IsEmpty());
}

SCENARIO(HandymanNoOs, NobodyGetsPastNginxToWhatItStandsBefore, Effect::reads) {
    // No user, with or without an account, gets past nginx; only nginx itself, the admin and root can.
    const auto survey = Survey::ofBehindNginx(guest());
    attach("behind.txt", survey.text());
    EXPECT_THAT(survey.findings(), IsEmpty());
}

SCENARIO(HandymanNoOs, NothingRunsForHerWithoutHer, Effect::reads,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    const auto home = splitAt(guest().factsAsRoot("getent passwd " + Session::quote(names().handyman)), ':').at(5);
    const auto script = fmt::format(R"sh(
set -e
test -d {1}
systemctl show -p User -- '*.service' | sort | uniq -c | sed -n 's/^ *[0-9]* User=\(..*\)/\1/p'
for folder in /var/lib/systemd/linger /var/spool/cron /var/spool/cron/crontabs /var/spool/at; do
  if test -e "$folder"/{0}; then echo "$folder"/{0}; fi
done
)sh",
                                    Session::quote(names().handyman), Session::quote(home));
    const auto lines = splitLines(guest().factsAsRoot(script));
    EXPECT_THAT(lines, testing::Contains(names().odoo)) << "no unit has a user: the look is blind";
    // Nothing that root, the kernel or a unit runs or reads belongs to her, refers to one of her paths, or is in an unexpected
    // place.
    auto findings = Survey::ofConfiguration(guest()).findings();
    for (const auto& line : lines)
        if (line.find(names().handyman) != std::string::npos) findings.push_back("a unit or a timer of hers: " + line);
    EXPECT_THAT(findings, IsEmpty());
}

}  // namespace
}  // namespace boxtest
