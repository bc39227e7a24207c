#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Secrets.hpp"
#include "Sections.hpp"
#include "Survey.hpp"
#include "UnitFacts.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class DataPrivate : public Scenario {
   protected:
    /// A path, and the only user besides root who may read it; empty: no other user.
    struct Place {
        std::string path;
        std::string owner;
    };

    static std::vector<Place> places() {
        std::vector<Place> all{{manifest().postgresql.dataDirectory, manifest().services.postgresql.user}};
        for (const Manifest::Service& service : manifest().services.all()) {
            for (const auto& path : service.privatePaths) all.push_back({path, service.user});
        }
        // Folders that systemd creates for a unit: its credentials and its runtime folder.
        const auto folders = Sections::parse(guest().factsAsRoot(fmt::format(
            R"sh(for unit in {}; do
  echo "== $unit"; test -d "/run/credentials/$unit" && echo "/run/credentials/$unit"
  systemctl show -P RuntimeDirectory -- "$unit" | tr ' ' '\n' | sed -n 's#^.#/run/&#p'
done; true)sh",
            units())));
        for (const Manifest::Service& service : manifest().services.all()) {
            for (const auto& path : folders.lines(service.unit)) {
                // PostgreSQL's runtime folder contains its socket, which must be reachable for all.
                if (path != manifest().postgresql.socketDirectory) all.push_back({path, service.user});
            }
        }
        for (const auto& user : {names().admin, names().handyman})
            all.push_back({splitAt(guest().factsAsRoot("getent passwd " + Session::quote(user)), ':').at(5), user});
        // For backups only the folder, which no other user can enter; the backup scenarios check the contents of a backup
        // (Backup).
        all.push_back({manifest().backup.directory, ""});
        for (const auto* path : {"/root", "/etc/shadow"}) all.push_back({path, ""});
        // Not every system has a file of group passwords.
        for (const auto& path : splitLines(guest().factsAsRoot("ls -d /etc/gshadow 2>/dev/null || true")))
            all.push_back({path, ""});
        for (const auto& key : splitLines(guest().factsAsRoot("sshd -T | sed -n 's/^hostkey //p'"))) all.push_back({key, ""});
        return all;
    }

    /// nginx's private paths are files: the key of its certificate.
    static std::string tlsKeys() {
        std::string all;
        for (const auto& path : manifest().services.nginx.privatePaths) all += " " + Session::quote(path);
        return all;
    }

    static std::string units() {
        std::string all;
        for (const Manifest::Service& service : manifest().services.all()) all += " " + Session::quote(service.unit);
        return all;
    }

    /// All users to test: the services' users, the people, and one without any privileges.
    static std::set<std::string> everybody() {
        std::set<std::string> all{"nobody", names().admin, names().handyman};
        for (const Manifest::Service& service : manifest().services.all()) all.insert(service.user);
        return all;
    }

    /// As factsAsRoot, with the secrets in stdin: they must not appear as arguments.
    static std::string factsAbout(const std::vector<std::string>& secrets, const std::string& script,
                                  Deadline deadline = Deadline::in(std::chrono::minutes(5))) {
        RunOptions options{.input = {}, .deadline = deadline};
        for (const auto& secret : secrets) options.input += secret + "\n";
        const auto result = guest().asRoot(script, options);
        if (!result.succeeded()) throw GuestError("cannot look for secrets: " + result.describe());
        return result.out;
    }
};

SCENARIO(DataPrivate, EachPlaceIsClosedToAllButItsOwner, Effect::reads) {
    const auto all = places();
    std::string script;
    for (const auto& [path, owner] : all)
        script += fmt::format("echo '== '{0}; stat -L -c '%a %U' -- {0} 2>&1\n", Session::quote(path));
    const auto answers = Sections::parse(guest().factsAsRoot(script + "true"));
    Facts facts;
    for (const auto& [path, owner] : all) {
        const auto words = splitWords(answers.line(path));
        if (words.size() != 2) {
            facts.expect(false, path + " is not there: " + answers.at(path));
            continue;
        }
        const auto mode = std::stoi(words[0], nullptr, 8);
        // The group may read if it has no other members, which the next scenario checks. For a credentials folder, the group bits
        // show the access list's mask.
        facts.expect((mode & 027) == 0, fmt::format("{} has the mode {}", path, words[0]));
        facts.expect(words[1] == "root" || words[1] == owner, path + " belongs to " + words[1]);
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(DataPrivate, NobodyReadsWhatIsAnothersAndOwnersReadTheirs, Effect::reads) {
    const auto all = places();
    std::string script, expected;
    for (const auto& user : everybody()) {
        std::string tests;
        for (const auto& [path, owner] : all) {
            const auto quoted = Session::quote(path);
            tests += fmt::format(
                "if test -d {0}; then ls {0} >/dev/null 2>&1; else head -c 1 {0} >/dev/null 2>&1; fi && echo reads {0}\n"
                "test -w {0} && echo writes {0}\n",
                quoted);
        }
        script += fmt::format("echo '== '{0}; sudo -n -u {0} -- /bin/sh -c {1}; echo looked\n", Session::quote(user),
                              Session::quote("cd /\n" + tests + "true"));
    }
    const auto answers = Sections::parse(guest().factsAsRoot(script));
    Facts facts;
    for (const auto& user : everybody()) {
        const auto lines = answers.lines(user);
        facts.expect(!lines.empty() && lines.back() == "looked", user + " could not look");
        for (const auto& [path, owner] : all) {
            const auto may = [&](const std::string& verb) {
                return std::count(lines.begin(), lines.end(), verb + " " + path) > 0;
            };
            if (owner != user) {
                facts.expect(!may("reads"), user + " reads " + path);
                facts.expect(!may("writes"), user + " may write " + path);
            }
        }
    }
    // Check that the test can detect readable files: PostgreSQL reads its data, and the handyman her home.
    const auto reads = [&](const std::string& user, const std::string& path) {
        facts.that(answers.lines(user), testing::Contains("reads " + path), "not even its owner reads it");
    };
    reads(manifest().services.postgresql.user, manifest().postgresql.dataDirectory);
    for (const auto& [path, owner] : all)
        if (owner == names().handyman) reads(owner, path);
    EXPECT_TRUE(facts.hold());
}

SCENARIO(DataPrivate, SecretsLieOnlyWhereTheirOwnerAloneReads, Effect::rollsBack, .notLive = "it needs the machine's passwords") {
    auto sought = secrets::passwords(guest());
    const auto stored = secrets::hashes(guest());
    sought.insert(sought.end(), stored.begin(), stored.end());
    // Everything except programs (another scenario checks those that are readable for everybody), the kernel's file systems, and
    // PostgreSQL's data, which is closed as a whole. Programs below /opt and /boot are read if they are not readable for
    // everybody, or if they changed since the machine booted. Not -R: a link in /etc may lead to gigabytes of programs.
    const auto answers =
        Sections::parse(factsAbout(sought,
                                   fmt::format(R"sh(
patterns=$(mktemp) && trap 'rm -f "$patterns" "$patterns".*' EXIT && cat > "$patterns"
{{ find / -mindepth 1 -maxdepth 1 ! -type l ! -name usr ! -name nix ! -name dev ! -name proc ! -name sys; printf '%s\n' /usr/local /usr/src /dev/shm; }} >"$patterns.places"
xargs -d '\n' sh -c 'for place; do if [ -e "$place" ]; then printf "%s\n" "$place"; fi; done' sh <"$patterns.places" >"$patterns.there"
xargs -d '\n' sh -c 'find "$@" -path "$0" -prune -o -type f \( ! -path "/opt/*" ! -path "/boot/*" -o ! -perm -o=r -o -newerct @{1} \) -print0' {0} <"$patterns.there" >"$patterns.files" 2>"$patterns.errors"
xargs -0 -r grep -l -a -F -f "$patterns" -- <"$patterns.files" >"$patterns.found" 2>>"$patterns.errors"
echo '== found'; grep -v -x -F -e "$patterns" "$patterns.found" | sort -u | xargs -r -d '\n' stat -L -c '%a %U %n'
# What ends meanwhile is no error; what cannot be read is one.
echo '== errors'; grep -v 'No such file or directory' "$patterns.errors"
true)sh",
                                               Session::quote(manifest().postgresql.dataDirectory), Survey::bootedAt(guest())),
                                   Deadline::in(std::chrono::minutes(15))));
    EXPECT_THAT(answers.lines("errors"), IsEmpty()) << "not everything was looked at";
    const auto found = answers.lines("found");
    ASSERT_THAT(found, testing::Not(IsEmpty())) << "the master password lies nowhere: the search is blind";
    std::set<std::string> owners{"root"};
    for (const Manifest::Service& service : manifest().services.all()) owners.insert(service.user);
    Facts facts;
    for (const auto& line : found) {
        const auto words = splitWords(line);
        ASSERT_GE(words.size(), 3U) << line;
        facts.equal(0, std::stoi(words[0], nullptr, 8) & (words[2].starts_with("/run/credentials/") ? 007 : 077), line);
        facts.expect(owners.contains(words[1]), line + ": whose is it?");
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(DataPrivate, ExhaustivelyNoSecretLiesInWhatEverybodyReads, Effect::rollsBack, .slow = true,
         .notLive = "it needs the machine's passwords") {
    // All file systems, including programs: in a package store, everything is readable for everybody. A key or a password is in a
    // small file, so large files are left out: they are programs.
    auto sought = secrets::passwords(guest());
    const auto keys = secrets::peoplesKeys(guest());
    sought.insert(sought.end(), keys.begin(), keys.end());
    const auto script = fmt::format(R"sh(
set -eu
work=$(mktemp -d /run/boxtest-sought.XXXXXX)
trap 'rm -rf "$work" /var/tmp/boxtest-control' EXIT
cat >"$work/sought"
# The machine's own keys: of TLS and of SSH.
for key in {} $(sshd -T | sed -n 's/^hostkey //p'); do
  if grep -q 'PRIVATE KEY-----' "$key"; then grep -v -e ----- "$key" | tail -n 2 | head -n 1 >>"$work/sought"; fi
done
echo "== sought"; wc -l <"$work/sought"
# A file that everybody reads, with one of them in it: the search must find it.
(umask 022; mkdir /var/tmp/boxtest-control; tail -n 1 "$work/sought" >/var/tmp/boxtest-control/key)
for place in / /run /tmp /dev/shm /var /home /srv /nix/store; do if test -d "$place"; then echo "$place"; fi; done |
  xargs -I PLACE find PLACE -xdev -maxdepth 0 -printf '%D %p\n' | sort -u -k 1,1 | cut -d' ' -f2- >"$work/places"
# As nobody, who goes into no closed folder and takes no closed file.
while read -r place; do
  sudo -n -u nobody find "$place" -xdev -type f -readable -size -64k -print0 2>/dev/null || true
done <"$work/places" >"$work/files"
echo "== files"; tr -dc '\0' <"$work/files" | wc -c
# Once over all of them, and then over the few that have anything of it.
cat "$work/sought" >"$work/any"
echo 'PRIVATE KEY-----' >>"$work/any"
xargs -0 -r grep -l -s -Z -F -f "$work/any" -- <"$work/files" >"$work/suspects" || true
echo "== found"; xargs -0 -r grep -l -s -F -f "$work/sought" -- <"$work/suspects" || true
# A whole file that is a key, whosever it may be. Those of packages' own tests and examples, and those that Odoo's modules come with,
# are known to all the world.
echo "== keys"; xargs -0 -r grep -l -s -m 1 -e '^-----BEGIN [A-Z ]*PRIVATE KEY-----' -- <"$work/suspects" |
  grep -v -i -E '/(tests?|testing|examples?|docs?|test-data|testdata|man)/|/odoo/addons/|/test_[^/]*$|[.](py|pyc|md|html|rst|txt|js|json|po|pot|gz)$' || true
)sh",
                                    tlsKeys());
    const auto found = Sections::parse(factsAbout(sought, script, Deadline::in(std::chrono::minutes(15))));
    record("small files that everybody reads", found.line("files"));
    EXPECT_GE(std::stoul(found.line("sought")), sought.size() + 2) << "the machine's own keys were not looked for";
    EXPECT_GE(std::stoul(found.line("files")), 5000U) << "the search did not look at the machine's programs";
    EXPECT_THAT(found.lines("found"), testing::ElementsAre("/var/tmp/boxtest-control/key"))
        << "everybody reads a private key or a password in these; the one named boxtest-control was put there to be found";
    EXPECT_THAT(found.lines("keys"), IsEmpty()) << "everybody reads these private keys";
}

SCENARIO(DataPrivate, NoArgumentNoEnvironmentAndNoJournalTellsASecret, Effect::rollsBack,
         .notLive = "it needs the machine's passwords") {
    // Passwords, and the machine's own private keys: a key's lines are told one by one.
    const auto found = Sections::parse(factsAbout(secrets::passwords(guest()), fmt::format(R"sh(
patterns=$(mktemp) && trap 'rm -f "$patterns" "$patterns.files"' EXIT && cat > "$patterns"
cat -- {} $(sshd -T | sed -n 's/^hostkey //p') | sed -n '/^[A-Za-z0-9+=/]\{{40,\}}$/p' >>"$patterns"
echo '== sought'; wc -l <"$patterns"
echo '== arguments'; grep -l -a -F -f "$patterns" /proc/[0-9]*/cmdline 2>/dev/null
echo '== environments'; grep -l -a -F -f "$patterns" /proc/[0-9]*/environ 2>/dev/null
# All that a unit is told, by whatever keyword, and the files that it takes variables from.
systemctl show -P FragmentPath -P DropInPaths -P EnvironmentFiles -- '*.service' '*.socket' '*.timer' | tr ' ' '\n' | sed -n '/^[/]/p' |
  sort -u >"$patterns.files"
echo '== units'; {{ systemctl show -- '*.service' '*.socket' '*.timer'; xargs -d '\n' cat -- <"$patterns.files"; }} 2>/dev/null |
  grep -c -F -f "$patterns"
echo '== told'; wc -l <"$patterns.files"
echo '== journal'; journalctl -q --no-pager -o cat | grep -c -F -f "$patterns"
echo '== control'; env BOXTEST_CONTROL="$(head -n 1 "$patterns")" grep -l -a -F -f "$patterns" /proc/self/environ
echo '== lines'; journalctl -q --no-pager -o cat -n 10 | wc -l
true)sh",
                                                                                           tlsKeys())));
    EXPECT_THAT(found.lines("control"), testing::ElementsAre("/proc/self/environ")) << "not even a secret put there is found";
    EXPECT_NE(found.line("lines"), "0") << "there is no journal";
    EXPECT_GE(std::stoi(found.line("sought")), 5) << "the machine's own keys were not looked for";
    EXPECT_THAT(found.lines("arguments"), IsEmpty());
    EXPECT_THAT(found.lines("environments"), IsEmpty());
    EXPECT_EQ(found.line("units"), "0") << "lines of units";
    EXPECT_GE(std::stoi(found.line("told")), 4) << "not even the four services' files were looked at";
    EXPECT_EQ(found.line("journal"), "0") << "lines of the journal";
}

SCENARIO(DataPrivate, WhatUnitsRunAndReadIsRoots, Effect::reads) {
    // Of every unit that systemd has in memory: its files, all lines Exec* with their arguments, files of variables and
    // credentials. And all folders on the paths.
    const auto script = std::string(toldByUnits) + fmt::format(R"sh(
{{ told_by_units '*.service' '*.socket' {}
printf '%s\n' /etc/passwd /etc/group /etc/sudoers /etc/ssh/sshd_config /etc/systemd/system; }} | sort -u)sh",
                                                               units());
    const auto paths = splitLines(guest().factsAsRoot(script));
    // nginx's credentials, its configuration as an argument, and the files of all four services.
    auto wanted = manifest().services.nginx.privatePaths;
    for (const Manifest::Service& service : manifest().services.all()) wanted.push_back("/" + service.unit);
    Facts facts;
    for (const auto& end : wanted) facts.that(paths, testing::Contains(testing::EndsWith(end)), "what is looked at");
    ASSERT_TRUE(facts.hold());
    EXPECT_TRUE(rootsAlone(paths));
}

SCENARIO(DataPrivate, WhatRootRunsByItselfIsRoots, Effect::reads) {
    // Everything that timers start, backups and restores with all files next to their scripts, cron tables, and the PATH of
    // root's programs.
    const auto& backup = manifest().backup;
    const auto script =
        std::string(toldByUnits) + fmt::format(R"sh(
timers=$(systemctl list-unit-files --type=timer --no-legend | cut -d' ' -f1 | grep -v '@\.')
{{ told_by_units {0} $timers $(systemctl show -P Unit -- $timers)
for word in $(systemctl show -P ExecStart -- {1}); do
  case $word in */backup/backup) find "${{word%/*}}"; echo "${{word%/*/*}}/roles.sql";; esac
done
systemctl show -P Environment -- {1} | tr ' ' '\n' | sed -n 's/^[A-Z_]*PROGRAMS=//p'
systemctl show-environment | sed -n 's/^PATH=//p' | tr ':' '\n'
ls -d /etc/cron* /etc/anacrontab /var/spool/cron /var/spool/at /root 2>/dev/null
}} | grep '^/' | sort -u | while read -r path; do
  # A unit that is masked is a link to it.
  [ "$(readlink -f -- "$path")" = /dev/null ] || echo "$path"
done)sh",
                                               Session::quote(backup.hot, backup.cold, backup.restoreOf("boxtest")),
                                               Session::quote(backup.hot));
    const auto paths = splitLines(guest().factsAsRoot(script));
    Facts facts;
    for (const auto* end : {"/backup/backup", "/backup/restore", "/backup/common", "/roles.sql", ".timer", "bin"})
        facts.that(paths, testing::Contains(testing::EndsWith(end)), "what is looked at");
    ASSERT_TRUE(facts.hold());
    EXPECT_TRUE(rootsAlone(paths));
}

SCENARIO(DataPrivate, NoCopyOfTheDataOrOfAKeyLiesAnywhere, Effect::reads) {
    // Not even readable for root alone: a dump in any format, an archive, a disk image, a part of the file store, a private key.
    EXPECT_THAT(Survey::ofCopies(guest()).findings(), IsEmpty());
}

SCENARIO(DataPrivate, NobodysHandButRootsIsOnTheSystem, Effect::reads,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    // Checks all existing files, on every file system, instead of a list of known paths.
    const auto survey = Survey::ofFiles(guest());
    attach("files.txt", survey.text());
    EXPECT_THAT(survey.findings(), IsEmpty());
}

/// Files that psql or a PATH search would execute, planted in every folder in which these users can write. Records who runs one.
class PlantedFiles {
   public:
    PlantedFiles(RunningGuest& guest, const std::vector<std::string>& users) : guest_(guest) {
        std::string script = "rm -rf /run/boxtest_ran && mkdir -m 1777 /run/boxtest_ran\n";
        for (const auto& user : users)
            script += fmt::format(R"sh(
for folder in "$(getent passwd {0} | cut -d: -f6)" /tmp /var/tmp /dev/shm; do
  [ -d "$folder" ] || continue
  setpriv --reuid={0} --regid={0} --init-groups sh -s "$folder" <<'SH' 2>/dev/null || true
set -e
cd "$1"
for file in .psqlrc psqlrc; do echo '\! touch /run/boxtest_ran/$(id -un)' >"$file"; done
for file in psql pg_dump tar; do
  {{ echo '#!/bin/sh'; echo 'touch /run/boxtest_ran/$(id -un)'; }} >"$file"
  chmod 755 "$file"
done
pwd
SH
done
)sh",
                                  Session::quote(user));
        folders_ = splitLines(guest_.factsAsRoot(script));
    }
    PlantedFiles(const PlantedFiles&) = delete;
    PlantedFiles& operator=(const PlantedFiles&) = delete;
    ~PlantedFiles() {
        try {
            std::string script = "rm -rf /run/boxtest_ran";
            for (const auto& folder : folders_)
                script += fmt::format("; cd {} && rm -f .psqlrc psqlrc psql pg_dump tar", Session::quote(folder));
            guest_.factsAsRoot(script);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "boxtest-scenarios: cannot remove what this scenario planted: %s\n", error.what());
        }
    }

    const std::vector<std::string>& folders() const { return folders_; }
    /// The OS users who ran a planted file.
    std::vector<std::string> ran() { return splitLines(guest_.factsAsRoot("ls /run/boxtest_ran")); }

   private:
    RunningGuest& guest_;
    std::vector<std::string> folders_;
};

SCENARIO(DataPrivate, WhatRootAndTheSuperuserRunReadsNothingThatOthersWrite, Effect::changes) {
    PlantedFiles planted(guest(), {names().odoo, names().pgadmin, names().handyman});
    ASSERT_THAT(planted.folders(), testing::Contains("/tmp"));
    const auto psqlAs = [](const std::string& user, const std::string& database) {
        return fmt::format("sudo -n -u {} psql -d {} -c 'SELECT 1' >/dev/null", Session::quote(user), Session::quote(database));
    };
    // The owner of a planted file runs it.
    guest().factsAsRoot("cd / && " + psqlAs(names().handyman, names().odooDatabase));
    ASSERT_THAT(planted.ran(), testing::ElementsAre(names().handyman)) << "the planted files run for nobody: nothing is proved";

    std::string script = "set -e\n";
    for (const auto& folder : planted.folders())
        script += fmt::format("cd {}\n{}\n", Session::quote(folder), psqlAs(names().superuser, "postgres"));
    script += "systemctl start -- " + Session::quote(manifest().backup.hot);
    RunOptions options;
    options.deadline = Deadline::in(std::chrono::minutes(15));
    const auto result = guest().asRoot(script, options);
    ASSERT_TRUE(result.succeeded()) << result.describe();
    EXPECT_THAT(planted.ran(), testing::ElementsAre(names().handyman)) << "these OS users ran what others can write";
}

}  // namespace
}  // namespace boxtest
