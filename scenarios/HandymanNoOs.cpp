#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <set>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "UnitFacts.hpp"

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

    /// One walk over the whole file system, which takes a minute on a machine that has just booted: programs that run with
    /// somebody else's rights, what the services own and everybody may write, and where PostgreSQL data lies.
    static const Sections& inventory() {
        static std::optional<Sections> gathered;
        if (!gathered) {
            std::string users;
            for (const Manifest::Service& service : manifest().services.all()) {
                users += (users.empty() ? "" : " -o ") + ("-user " + Session::quote(service.user));
            }
            gathered = Sections::parse(guest().factsAsRoot(fmt::format(R"sh(
out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT
find / \( -path /proc -o -path /sys -o -path /dev -o -path "$out" \) -prune \
  -o -type f \( -perm -4000 -o -perm -2000 \) -fprintf "$out/setuid" '%m %u %p\n' , \
  \( {} \) \( -type f -o -type d \) -perm -0002 ! -perm -1000 -fprintf "$out/writable" '%p\n' , \
  -type f -name PG_VERSION -fprintf "$out/clusters" '%p\n'
for part in setuid writable clusters; do echo "== $part"; cat "$out/$part"; done)sh",
                                                                       users)));
        }
        return *gathered;
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

TEST_F(HandymanNoOs, NothingOfTheServicesIsOpenToAll) {
    const auto& files = inventory();
    EXPECT_THAT(files.lines("writable"), IsEmpty()) << "files of the services that everybody may write";
    Facts facts;
    bool found = false;
    for (const auto& marker : files.lines("clusters")) {
        const bool own = marker.starts_with(manifest().postgresql.dataDirectory + "/");
        found = found || own;
        facts.expect(own, "a copy of a PostgreSQL cluster: " + marker);
    }
    facts.expect(found, "not even PostgreSQL's own data was found: the search is blind");
    EXPECT_TRUE(facts.hold());
}

TEST_F(HandymanNoOs, SetuidProgramsAreTheKnownOnes) {
    const auto found = inventory().lines("setuid");
    ASSERT_THAT(found, testing::Contains(testing::EndsWith("/sudo"))) << "not even sudo was found: the search is blind";
    const std::set<std::string> known{
        "sudo",        "su",         "mount",  "umount", "passwd",      "chsh",        "chfn",      "gpasswd",
        "newgrp",      "chage",      "expiry", "sg",     "unix_chkpwd", "ssh-keysign", "ssh-agent", "dbus-daemon-launch-helper",
        "fusermount3", "fusermount", "wall",   "write",  "crontab",     "utempter"};
    const std::set<std::string> places{"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/run/wrappers", "/usr/lib"};
    Facts facts;
    for (const auto& line : found) {
        const auto words = splitWords(line);
        ASSERT_EQ(words.size(), 3U) << line;
        const auto name = words[2].substr(words[2].rfind('/') + 1);
        facts.expect(known.contains(name), "nobody knows this set-user-ID or set-group-ID program: " + line);
        facts.equal(std::string("root"), words[1], line);
        facts.expect(
            std::any_of(places.begin(), places.end(), [&](const auto& place) { return words[2].starts_with(place + "/"); }),
            "not where programs lie: " + line);
    }
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
