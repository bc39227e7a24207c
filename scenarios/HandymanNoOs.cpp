#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "UnitFacts.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class HandymanNoOs : public Scenario {
   protected:
    static Session& handyman() { return guest().session(names().handyman); }

    /// All places that belong to a service and to nobody else.
    static std::vector<std::string> privatePaths() {
        std::vector<std::string> all;
        for (const Manifest::Service& service : manifest().services.all()) {
            all.insert(all.end(), service.privatePaths.begin(), service.privatePaths.end());
        }
        return all;
    }

    /// A line of the probe's walk: scenarios/probe/Walk.hpp
    struct Found {
        int mode;
        std::string owner;  ///< uid
        bool capabilities;
        std::string path;

        std::string name() const { return path.substr(path.rfind('/') + 1); }
        std::string describe() const {
            return fmt::format("{} (mode {:o}, uid {}{})", path, mode, owner, capabilities ? ", capabilities" : "");
        }
    };

    /// One walk over the whole file system, which takes half a minute on a machine that has just booted.
    static std::vector<Found> walk(const std::string& name) {
        const auto walked = guest().asRoot(shellQuote(manifest().probe) + " walk / " + shellQuote(name),
                                           {.input = {}, .deadline = Deadline::in(std::chrono::minutes(10))});
        if (!walked.succeeded()) throw GuestError("cannot walk over the machine's files: " + walked.describe());
        std::vector<Found> all;
        std::string last;
        for (const auto& line : splitLines(walked.out)) {
            const auto fields = splitAt(line, '\t');
            last = fields[0];
            if (last == "complete") continue;
            if (last != "found" || fields.size() != 5) throw GuestError("cannot read what the walk found: '" + line + "'");
            all.push_back({std::stoi(fields[1], nullptr, 8), fields[2], fields[3] == "capabilities", fields[4]});
        }
        if (last != "complete") throw GuestError("the walk over the machine's files did not come to its end");
        return all;
    }
};

TEST_F(HandymanNoOs, SheIsAnOrdinaryUserInNoGroupButHerOwn) {
    const auto result = handyman().run("id -un; id -u; id -gn; id -Gn; echo \"$HOME\"");
    ASSERT_TRUE(result.succeeded()) << result.describe();
    const auto lines = splitLines(result.out);
    ASSERT_EQ(lines.size(), 5U) << result.describe();
    EXPECT_EQ(lines[0], names().handyman);
    EXPECT_GE(std::stoi(lines[1]), 1000) << "her uid is one of the system's";
    EXPECT_EQ(lines[3], lines[2]) << "groups besides her own";
    EXPECT_THAT(lines[2], testing::AnyOf(names().handyman, "users"));
    // What the group file says, also for sessions that begin later.
    EXPECT_THAT(
        splitLines(guest().factsAsRoot("getent group | awk -F: -v user=" + Session::quote(names().handyman) +
                                       " '{ n = split($4, m, \",\"); for (i = 1; i <= n; i++) if (m[i] == user) print $1 }'")),
        IsEmpty())
        << "groups that she is a member of";
}

TEST_F(HandymanNoOs, SudoHasNothingForHer) {
    ASSERT_TRUE(guest().session(names().admin).run({"sudo", "-n", "true"}).succeeded())
        << "sudo does not even work for the admin";
    const auto refused = handyman().run({"sudo", "-n", "id", "-un"});
    EXPECT_FALSE(refused.succeeded()) << refused.describe();
    EXPECT_EQ(refused.out, "");
    const auto listed = handyman().run({"sudo", "-n", "-l"});
    EXPECT_FALSE(listed.succeeded()) << listed.describe();
    // What the rules say of her, with or without a password.
    const auto rules = guest().asRoot("sudo -n -l -U " + Session::quote(names().handyman));
    EXPECT_THAT(rules.out + rules.err, testing::HasSubstr("is not allowed to run sudo")) << rules.describe();
    EXPECT_THAT(rules.out, testing::Not(testing::HasSubstr("may run the following"))) << rules.describe();
    // And no other way to be root.
    Facts facts;
    for (const auto* command : {"su -c 'id -un' root", "pkexec id -un", "doas id -un", "run0 --no-ask-password id -un",
                                "systemd-run --no-ask-password --pipe id -un"}) {
        const auto other = handyman().run(std::string(command) + " </dev/null");
        facts.expect(!other.succeeded() && other.out.find("root") == std::string::npos,
                     std::string(command) + ": " + other.describe());
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(HandymanNoOs, SheReadsNoServicesDataAndNoSecretOfTheSystem) {
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

TEST_F(HandymanNoOs, NoFileOfTheMachineIsAWayUp) {
    const std::set<std::string> known{"sudo",
                                      "sudoedit",
                                      "su",
                                      "mount",
                                      "umount",
                                      "passwd",
                                      "chsh",
                                      "chfn",
                                      "gpasswd",
                                      "newgrp",
                                      "chage",
                                      "expiry",
                                      "sg",
                                      "unix_chkpwd",
                                      "ssh-keysign",
                                      "ssh-agent",
                                      "dbus-daemon-launch-helper",
                                      "fusermount3",
                                      "fusermount",
                                      "wall",
                                      "write",
                                      "crontab",
                                      "utempter"};
    const std::set<std::string> places{"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/run/wrappers", "/usr/lib"};
    std::set<std::string> services;
    for (const auto& unit : UnitFacts::gather(guest())) services.insert(unit.uid);

    Facts facts;
    bool sudo = false, cluster = false, idsAreGiven = false;
    std::vector<Found> open;
    for (const auto& file : walk("PG_VERSION")) {
        const auto inPlace =
            std::any_of(places.begin(), places.end(), [&](const auto& place) { return file.path.starts_with(place + "/"); });
        // They give out user ids of the ranges in /etc/subuid and /etc/subgid, by one capability each or by set-user-ID.
        const bool givesIds = (file.name() == "newuidmap" || file.name() == "newgidmap") && inPlace && file.owner == "0";
        idsAreGiven = idsAreGiven || givesIds;
        facts.expect(!file.capabilities || givesIds, "a program with capabilities: " + file.describe());
        if ((file.mode & 06000) != 0) {
            sudo = sudo || file.name() == "sudo";
            facts.expect(known.contains(file.name()) || givesIds,
                         "nobody knows this set-user-ID or set-group-ID program: " + file.describe());
            facts.equal(std::string("0"), file.owner, file.describe());
            facts.expect(inPlace, "not where programs lie: " + file.describe());
        }
        if ((file.mode & 02) != 0) {
            facts.expect(!services.contains(file.owner), "a service's, and everybody may write it: " + file.describe());
            open.push_back(file);
        }
        if (file.name() == "PG_VERSION") {
            const bool own = file.path.starts_with(manifest().postgresql.dataDirectory + "/");
            cluster = cluster || own;
            facts.expect(own, "a copy of a PostgreSQL cluster: " + file.describe());
        }
    }
    if (idsAreGiven) {
        const auto ranges = guest().factsAsRoot(fmt::format(
            "cat /etc/subuid /etc/subgid 2>/dev/null | awk -F: -v user={0} -v uid=\"$(id -u {0})\" '$1 == user || $1 == uid'",
            Session::quote(names().handyman)));
        facts.equal(std::string(), ranges, "ranges of user and group ids that are hers");
    }
    facts.expect(sudo, "not even sudo was found: the search is blind");
    facts.expect(cluster, "not even PostgreSQL's own data was found: the search is blind");
    // Whoever it belongs to: what she can really write, with all folders on the way to it.
    std::string script;
    for (const auto& file : open) script += fmt::format("[ -w {0} ] && echo {0}\n", shellQuote(file.path));
    const auto hers = handyman().run(script + "echo done");
    facts.equal(std::string("done\n"), hers.out, "files that she may write: " + hers.describe());
    EXPECT_TRUE(facts.hold());
}

TEST_F(HandymanNoOs, TheServicesDoNotObeyHer) {
    const auto before = UnitFacts::gather(guest());
    std::string script;
    for (const auto& unit : before) {
        ASSERT_TRUE(unit.runs());
        script += fmt::format(R"sh(
for verb in restart reset-failed; do systemctl --no-ask-password "$verb" {0} </dev/null 2>/dev/null && echo "$verb" {0}; done
kill -0 {1} 2>/dev/null && echo signal {0}
cat /proc/{1}/environ >/dev/null 2>&1 && echo environment {0}
ls /proc/{1}/fd >/dev/null 2>&1 && echo descriptors {0}
)sh",
                              Session::quote(unit.unit), unit.property("MainPID"));
    }
    const auto journal = "journalctl -q --no-pager -n 1 -u " + Session::quote(before[0].unit);
    ASSERT_NE(guest().factsAsRoot(journal), "") << "there is no journal that she could read";
    const auto result = handyman().run(script + journal + " 2>/dev/null\necho done");
    EXPECT_EQ(result.out, "done\n") << "she can do this to the services: " << result.describe();
    const auto after = UnitFacts::gather(guest());
    Facts facts;
    for (std::size_t i = 0; i < before.size(); ++i)
        facts.equal(before[i].property("MainPID"), after[i].property("MainPID"), before[i].unit + " runs as another process now");
    EXPECT_TRUE(facts.hold());
}

TEST_F(HandymanNoOs, NothingRunsForHerWithoutHer) {
    const auto script = fmt::format(R"sh(
user={0}
home=$(getent passwd "$user" | cut -d: -f6)
test -d "$home" || {{ echo "$user has no home"; exit 1; }}
for file in /var/spool/cron/crontabs/$user /var/spool/cron/$user /var/cron/tabs/$user /var/lib/systemd/linger/$user; do test -e "$file" && echo "$file"; done
find /etc/systemd/system /run/systemd/system /etc/cron.d /etc/crontab /etc/cron.daily /etc/cron.hourly /var/spool/cron -type f 2>/dev/null |
  xargs -r grep -lE -e "(^|[^A-Za-z0-9_])$home(/|[^A-Za-z0-9_]|\$)" -e "^User=$user\$" 2>/dev/null
systemctl show -p Id,User -- '*.service' | grep -x "User=$user"
find "$home" -perm -4000 -o -perm -2000 -type f
true
)sh",
                                    Session::quote(names().handyman));
    EXPECT_THAT(splitLines(guest().factsAsRoot(script)), IsEmpty());
}

}  // namespace
}  // namespace boxtest
