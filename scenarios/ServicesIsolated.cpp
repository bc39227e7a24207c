#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "BreakInTable.hpp"
#include "Facts.hpp"
#include "MountTable.hpp"
#include "OdooBehind.hpp"
#include "SandboxClone.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "Survey.hpp"
#include "UnitFacts.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

class ServicesIsolated : public Scenario {
   protected:
    /// Checks one service: what an intruder in it can do, and whether the running processes have the sandbox in which that was
    /// tried.
    static testing::AssertionResult staysInside(std::string_view service, const Manifest::Service& self) {
        if (const auto lives = postgresqlLives(); !lives) return lives;
        const auto units = UnitFacts::gather(guest());
        const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.unit == self.unit; });
        if (unit->property("NeedDaemonReload") != "no")
            return testing::AssertionFailure() << self.unit << ": its files were changed and not loaded";
        const auto probes = BreakInTable::expected().probesOf(service, values(units));
        plant();
        const auto owners = ownersOf(probes);
        const auto sandbox = probeSandbox(guest(), self.unit, linesOf(probes));

        Facts facts;
        facts.expect(unit->runs(), self.unit);
        const auto table = judge(facts, probes, sandbox, owners, self.unit, self.user, std::string(service));
        attachJson("sandbox-" + std::string(service) + ".json",
                   {{"service", service}, {"unit", self.unit}, {"user", self.user}, {"probes", table}});
        compareWithLive(facts, sandbox, *unit);
        facts.that(leftovers(), IsEmpty(), "the probes left something behind");
        return facts.hold();
    }

    static std::vector<std::string> linesOf(const std::vector<BreakInProbe>& probes) {
        std::vector<std::string> lines;
        for (const auto& probe : probes) lines.push_back(probe.line);
        return lines;
    }

    /// Compares the answers of a unit's sandbox with the table, attaches them as break-in-NAME.txt, and returns them for the
    /// picture.
    static nlohmann::json judge(Facts& facts, const std::vector<BreakInProbe>& probes, const SandboxFindings& sandbox,
                                const PathOwners& owners, const std::string& unit, const std::string& user,
                                const std::string& name) {
        std::string answers;
        auto table = nlohmann::json::array();
        for (const auto& probe : probes) {
            const auto& answer = sandbox.at(probe.line);
            answers += probe.describe() + " | " + answer.describe() + "\n";
            const auto deviation = probe.deviation(answer, owners, user);
            table.push_back({{"probe", probe.describe()},
                             {"expected", probe.expected},
                             {"answer", answer.result},
                             {"detail", answer.detail},
                             {"deviation", deviation.value_or("")}});
            facts.expect(!deviation, "inside " + unit + ": " + deviation.value_or(""));
        }
        attach("break-in-" + name + ".txt", answers);
        return table;
    }

    /// Compares the restrictions of each running process with those that a start with the current files gives.
    static void compareWithLive(Facts& facts, const SandboxFindings& sandbox, const UnitFacts& unit) {
        const auto tables = unit.mountTables(guest());
        const auto mounts = normalisedMounts(sandbox.mounts, unit.unit);
        std::set<std::vector<std::string>> seen;
        for (const auto& process : unit.processes) {
            const auto who = unit.unit + ": " + process.describe();
            for (const auto* field : {"Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
                                      "Seccomp", "Seccomp_filters"}) {
                const auto started = sandbox.status.find(field);
                if (started == sandbox.status.end()) throw GuestError(std::string("the probe told no ") + field);
                facts.equal(splitWords(started->second), splitWords(process.field(field)),
                            who + ": " + field + " differs from that of a service started now by the same files");
            }
            const auto table = tables.find(process.pid);
            if (table == tables.end()) continue;
            const auto live = normalisedMounts(table->second, unit.unit);
            if (!seen.insert(live).second) continue;
            facts.that(mountDifferences(live, "in the running service", mounts, "in a service started now by the same files"),
                       IsEmpty(), who + ": its mounts");
        }
        facts.expect(!tables.empty(), unit.unit + ": no process's mounts could be read");
    }

    static BreakInTable::Values values(const std::vector<UnitFacts>& units) {
        const auto& services = manifest().services;
        const auto& postgresql = manifest().postgresql;
        BreakInTable::Values values{{"superuser", {names().superuser}},
                                    {"admin", {names().admin}},
                                    {"odoo", {names().odoo}},
                                    {"pgadmin", {names().pgadmin}},
                                    {"handyman", {names().handyman}},
                                    {"odoo-database", {names().odooDatabase}},
                                    {"pgadmin-database", {names().pgadminDatabase}},
                                    {"socket", {postgresql.socketPath()}},
                                    {"socket-folder", {postgresql.socketDirectory}},
                                    {"port:postgresql", {std::to_string(postgresql.port)}},
                                    {"port:ssh", {std::to_string(manifest().ssh.port)}},
                                    {"port:odoo", {std::to_string(OdooBehind::portOf(guest()))}},
                                    {"port:https", {std::to_string(manifest().web.httpsPort)}},
                                    {"planted", {planted}},
                                    {"address", {address()}}};
        const std::array<std::reference_wrapper<const Manifest::Service>, 4> all{services.postgresql, services.odoo,
                                                                                 services.pgadmin, services.nginx};
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::string name(BreakInTable::services[i]);
            const Manifest::Service& service = all[i];
            values["private:" + name] = service.privatePaths;
            values["unit:" + name] = {service.unit};
            for (const auto& unit : units) {
                if (unit.unit != service.unit) continue;
                values["pid:" + name] = {unit.property("MainPID")};
                values["uid:" + name] = {unit.uid};
                values["cgroup:" + name] = {unit.property("ControlGroup")};
            }
        }
        return values;
    }

    /// An address of the machine other than loopback, on which its own SSH server also answers.
    static std::string address() {
        const auto words = splitWords(guest().factsAsRoot("ip -4 -o addr show scope global"));
        const auto inet = std::find(words.begin(), words.end(), "inet");
        if (inet == words.end() || inet + 1 == words.end()) throw GuestError("the machine has no address but loopback");
        return (inet + 1)->substr(0, (inet + 1)->find('/'));
    }

    /// Creates files that are readable for everybody in places where services must not find files of others.
    static void plant() {
        std::string script;
        for (const auto* place : {"/tmp/", "/var/tmp/", "/dev/shm/"})
            script += fmt::format("echo x > {0}{1} && chmod 644 {0}{1} || exit 1\n", place, planted);
        guest().factsAsRoot(script);
    }

    /// Owners of the probed paths as root sees them, read by one process.
    static PathOwners ownersOf(const std::vector<BreakInProbe>& probes) {
        std::string paths;
        for (const auto& probe : probes)
            if (const auto path = probe.path()) paths += " " + shellQuote(*path);
        PathOwners owners;
        for (const auto& line : splitLines(guest().factsAsRoot("stat -L -c '%U %n' --" + paths + " 2>/dev/null; true"))) {
            const auto space = line.find(' ');
            owners[line.substr(space + 1)] = line.substr(0, space);
        }
        std::string programs;
        for (const auto& probe : probes)
            if (const auto program = probe.program()) programs += " " + shellQuote(*program);
        for (const auto& name : splitLines(guest().factsAsRoot(
                 "for name in" + programs + "; do command -v \"$name\" >/dev/null && echo \"$name\"; done; true")))
            owners[name] = "root";
        return owners;
    }

    /// Files and units that the probes and their clone left behind, after the planted files are removed.
    static std::vector<std::string> leftovers() {
        return splitLines(guest().factsAsRoot(fmt::format(
            "rm -f /tmp/{0} /var/tmp/{0} /dev/shm/{0}; find /run /tmp /var/tmp /dev/shm /var/lib /var/log /var/cache -xdev -name "
            "'*boxtest-*'; systemctl list-units --all --plain --no-legend 'boxtest-probe-*'; true",
            planted)));
    }

    static constexpr auto planted = "boxtest-planted";
};

SCENARIO(ServicesIsolated, ABreakInThroughOdooStaysInOdoo, Effect::rollsBack,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    EXPECT_TRUE(staysInside("odoo", manifest().services.odoo));
}

SCENARIO(ServicesIsolated, ABreakInThroughPgadminStaysInPgadmin, Effect::rollsBack,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    EXPECT_TRUE(staysInside("pgadmin", manifest().services.pgadmin));
}

SCENARIO(ServicesIsolated, ABreakInThroughPostgresqlStaysInPostgresql, Effect::rollsBack,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    EXPECT_TRUE(staysInside("postgresql", manifest().services.postgresql));
}

SCENARIO(ServicesIsolated, ABreakInThroughNginxStaysInNginx, Effect::rollsBack,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    EXPECT_TRUE(staysInside("nginx", manifest().services.nginx));
}

SCENARIO(ServicesIsolated, ABreakInThroughABackupOrARestoreReachesNothingElse, Effect::rollsBack, .slow = true,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    const auto units = UnitFacts::gather(guest());
    auto known = values(units);
    known["backups"] = {manifest().backup.directory};
    const auto probes = BreakInTable::expectedOfBackups().probesOfAll(known);
    plant();
    const auto owners = ownersOf(probes);
    Facts facts;
    const auto& backup = manifest().backup;
    for (const auto& unit : {backup.hot, backup.cold, backup.restoreOf("boxtest")}) {
        judge(facts, probes, probeSandbox(guest(), unit, linesOf(probes)), owners, unit, "root",
              unit.substr(0, unit.find_first_of("@.")));
    }
    facts.that(leftovers(), IsEmpty(), "the probes left something behind");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(ServicesIsolated, NoNetworkAndNoConnectionLeadsOutOfThem, Effect::reads) {
    // The sockets that exist now, of every address family; the four scenarios above check which ones could be created.
    EXPECT_THAT(Survey::run(guest(), "doors").findings({"door", "outgoing", "client", "namespace", "interface"}),
                testing::IsEmpty());
}

SCENARIO(ServicesIsolated, NothingThatRunsOrIsReadIsAServices, Effect::reads,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    // A program, a library, an addon or a unit that a service may change is a way out of it, and a drop-in can weaken its
    // sandbox.
    EXPECT_THAT(Survey::ofFiles(guest()).findings(), testing::IsEmpty());
}

SCENARIO(ServicesIsolated, WhatTheyRunAndHowTheyAreSetIsWhatWasBuilt, Effect::reads,
         .notLive = "it needs the checksums that the guest's builder recorded") {
    EXPECT_THAT(Survey::ofPrograms(guest(), {"services", "configuration"}).findings(), testing::IsEmpty());
}

SCENARIO(ServicesIsolated, WhatSystemdAndTheKernelHaveInMemoryIsKnown, Effect::reads) {
    const auto survey = Survey::ofMemory(guest());
    attach("memory.txt", survey.text());
    EXPECT_THAT(survey.findings(), testing::IsEmpty());
}

SCENARIO(ServicesIsolated, ExhaustivelyEveryProgramOfTheMachineIsTheOneThatWasBuilt, Effect::reads, .slow = true,
         .notLive = "it needs the checksums that the guest's builder recorded") {
    const auto survey = Survey::ofPrograms(guest(), {"all"});
    record("files held against the builder's checksums", std::to_string(survey.rows().size()));
    EXPECT_THAT(survey.findings(), testing::IsEmpty());
}

SCENARIO(ServicesIsolated, AfterARestartNothingRunsThatAServiceLeftInItsHome, Effect::changes, .slow = true) {
    // Python and psql run files in a home directory each time they start: what an intruder left there would persist. The scenario
    // shows that such files are run for the owner of the home, and then restarts the service.
    for (const Manifest::Service& service : {manifest().services.odoo, manifest().services.pgadmin}) {
        const auto script = fmt::format(R"sh(
unit={0} user={1}
pid=$(systemctl show -P MainPID -- "$unit")
home=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^HOME=//p') python=$(readlink "/proc/$pid/exe")
version=$("$python" -I -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
as_user() {{ (cd / && setpriv --reuid="$user" --regid="$user" --init-groups env -i HOME="$home" PATH="$PATH" PGHOST={2} PGPORT={3} "$@"); }}
)sh",
                                        shellQuote(service.unit), shellQuote(service.user),
                                        shellQuote(manifest().postgresql.socketDirectory), manifest().postgresql.port);
        const auto planted = splitLines(guest().factsAsRoot(script + R"sh(
set -e
as_user sh -s "$version" <<'SH'
set -e
umask 077
folder=$HOME/.local/lib/$1/site-packages
mkdir -p "$folder"
echo 'import os; open(os.path.expanduser("~/boxtest-ran-usercustomize"), "w")' >"$folder/usercustomize.py"
echo 'import os; open(os.path.expanduser("~/boxtest-ran-pth"), "w")' >"$folder/boxtest.pth"
echo '\! touch "$HOME"/boxtest-ran-psqlrc' >"$HOME/.psqlrc"
SH
as_user "$python" -c 0
as_user psql -d )sh" + shellQuote(service.user == names().odoo ? names().odooDatabase : names().pgadminDatabase) +
                                                            R"sh( -c '\q'
ls "$home" | grep ^boxtest-ran
rm -f "$home"/boxtest-ran*)sh"));
        EXPECT_THAT(planted, testing::UnorderedElementsAre("boxtest-ran-psqlrc", "boxtest-ran-pth", "boxtest-ran-usercustomize"))
            << "what was planted runs for nobody, so that nothing is proved";
        guest().factsAsRoot("systemctl restart -- " + shellQuote(service.unit));
        guest().waitUntilReady(Deadline::in(std::chrono::minutes(30)));
        const auto after = Sections::parse(guest().factsAsRoot(script + R"sh(
echo '== ran'; ls "$home" | grep ^boxtest-ran || true
echo '== environment'; tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^PYTHONNOUSERSITE=..*/PYTHONNOUSERSITE/p;/^PSQLRC=\/dev\/null$/p'
rm -rf "$home"/boxtest-ran* "$home/.local/lib/$version" "$home/.psqlrc"
rmdir "$home/.local/lib" "$home/.local" 2>/dev/null || true)sh"));
        EXPECT_THAT(after.lines("ran"), IsEmpty()) << service.unit << " ran what lay in its home";
        // Python obeys any value but an empty one: the wrappers of nixpkgs' programs replace the unit's value by their own.
        EXPECT_THAT(after.lines("environment"), testing::UnorderedElementsAre("PYTHONNOUSERSITE", "PSQLRC=/dev/null"))
            << service.unit;
    }
}

SCENARIO(ServicesIsolated, SystemdWorksByWhatItsFilesSay, Effect::changes, .slow = true) {
    // systemd may have read another file earlier, which temporarily replaced the real one: no file time reveals that. So systemd
    // reads all files again, and none of a unit's properties may change.
    const std::string show = R"sh(
show() {
  systemctl show --all '*.service' '*.timer' '*.socket' '*.path' '*.mount' '*.target' |
    grep -E '^$|^(Id|Exec(Condition|StartPre|Start|StartPost|Reload|Stop|StopPost)|User|Group|DynamicUser|SupplementaryGroups|Environment|EnvironmentFiles|PassEnvironment|RootDirectory|RootImage|WorkingDirectory|UMask|CapabilityBoundingSet|AmbientCapabilities|NoNewPrivileges|Protect[A-Za-z]*|Private[A-Za-z]*|ProcSubset|Restrict[A-Za-z]*|LockPersonality|MemoryDenyWriteExecute|SystemCall[A-Za-z]*|[A-Za-z]*Paths|TemporaryFileSystem|LoadCredential[A-Za-z]*|SetCredential[A-Za-z]*|IPAddress[A-Za-z]*|Device[A-Za-z]*|MemoryMax|TasksMax|Limit[A-Z]*|KeyringMode|Delegate|On[A-Z][A-Za-z]*|Unit|Triggers|Listen[A-Za-z]*|Socket(User|Group|Mode)|What|Where|Options|Wants|Requires|BindsTo|FragmentPath|DropInPaths)=' |
    sed -E 's/ ; start_time=.*//; s/ ; (ignore_errors|flags)=[^;]*$//' |
    awk '/^$/ { for (i = 0; i < n; ++i) print id " " line[i]; n = 0; id = ""; next } /^Id=/ { id = substr($0, 4); next } { line[n++] = $0 } END { for (i = 0; i < n; ++i) print id " " line[i] }' |
    sort -u
}
)sh";
    const auto said = [&] {
        std::set<std::string> all;
        for (const auto& line : splitLines(guest().factsAsRoot(show + "show"))) {
            // The order in lists is arbitrary.
            const auto value = line.find('=') + 1;
            auto words = splitWords(line.substr(value));
            std::ranges::sort(words);
            all.insert(line.substr(0, value) + fmt::format("{}", fmt::join(words, " ")));
        }
        return all;
    };
    const auto before = said();
    guest().factsAsRoot("systemctl daemon-reload");
    const auto after = said();
    EXPECT_GT(before.size(), 1000U);
    const auto unitOf = [](const std::string& line) { return line.substr(0, line.find(' ')); };
    std::set<std::string> known;
    for (const auto& line : after) known.insert(unitOf(line));
    Facts facts;
    for (const auto& line : before)
        // systemd unloads a unit that is not needed and not started.
        facts.expect(after.contains(line) || !known.contains(unitOf(line)), "by no file: " + line);
    known.clear();
    for (const auto& line : before) known.insert(unitOf(line));
    for (const auto& line : after)
        facts.expect(before.contains(line) || !known.contains(unitOf(line)), "only by its file: " + line);
    EXPECT_TRUE(facts.hold());
}

SCENARIO(ServicesIsolated, TheWebShowsNothingOfTheMachine, Effect::reads) {
    // An alias in nginx, or a shared storage in pgAdmin, would show files that the service can read to every visitor.
    EXPECT_THAT(Survey::ofWeb(guest(), {"nginx", "started", "not-loaded", "pgadmin", "pgadmin-live", "pgadmin-code"}).findings(),
                testing::IsEmpty());
}

SCENARIO(ServicesIsolated, EveryProcessIsWithoutPrivileges, Effect::reads) {
    Facts facts;
    for (const auto& unit : UnitFacts::gather(guest())) {
        facts.expect(unit.runs(), unit.unit);
        facts.that(unit.property("TasksMax"), testing::MatchesRegex("[0-9]+"), unit.unit + ": no bound to how often it may fork");
        // nginx needs only the capability for its two low ports.
        const auto mayHave = unit.unit == manifest().services.nginx.unit ? netBindService : 0ULL;
        for (const auto& process : unit.processes) {
            for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
                const auto value = process.field(set);
                ASSERT_FALSE(value.empty()) << unit.unit << ": " << process.describe();
                facts.expect((std::stoull(value, nullptr, 16) & ~mayHave) == 0,
                             unit.unit + ": " + process.describe() + " has capabilities: " + set + " = " + value);
            }
            facts.equal(std::string("1"), process.field("NoNewPrivs"),
                        unit.unit + ": " + process.describe() + " may gain privileges");
            facts.equal(std::string("2"), process.field("Seccomp"),
                        unit.unit + ": " + process.describe() + " has no system call filter");
        }
    }
    EXPECT_TRUE(facts.hold());
}

/// systemd's own rating of the loaded units: 10 means no protection at all.
SCENARIO(ServicesIsolated, SystemdFindsLittleExposed, Effect::reads) {
    const auto& services = manifest().services;
    std::string script;
    for (const Manifest::Service& service : services.all()) script += " " + shellQuote(service.unit);
    const auto answers =
        Sections::parse(guest().factsAsRoot("echo '== reload'; systemctl show -P NeedDaemonReload --" + script +
                                            "; echo '== security'; systemd-analyze --no-pager security" + script));
    EXPECT_EQ(answers.lines("reload"), std::vector<std::string>(services.all().size(), "no"))
        << "files were changed and not loaded";
    const auto& text = answers.at("security");
    Facts facts;
    for (const Manifest::Service& service : services.all()) {
        const auto sentence = "Overall exposure level for " + service.unit + ": ";
        const auto at = text.find(sentence);
        ASSERT_NE(at, std::string::npos) << text;
        const auto level = text.substr(at + sentence.size(), text.find(' ', at + sentence.size()) - at - sentence.size());
        const double limit = service.unit == services.nginx.unit ? 1.5 : 1.2;
        record("exposure " + service.unit, fmt::format("{} of at most {:.1f}", level, limit));
        facts.that(std::stod(level), testing::Le(limit), service.unit + ": exposure");
    }
    EXPECT_TRUE(facts.hold());
}

}  // namespace
}  // namespace boxtest
