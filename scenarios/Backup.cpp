#include "Backup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

RunOptions patiently() {
    RunOptions options;
    options.deadline = Deadline::in(std::chrono::minutes(15));
    return options;
}

}  // namespace

void Backup::SetUp() {
    ASSERT_TRUE(postgresqlLives());
    before_ = backups();
}

void Backup::TearDown() {
    if (hasOwnMachine()) return;
    std::string script;
    for (const auto& name : backups()) {
        if (std::find(before_.begin(), before_.end(), name) == before_.end()) {
            script += "rm -rf -- " + Session::quote(pathOf(name)) + "; ";
        }
    }
    root(script + "systemctl reset-failed");
}

std::string Backup::root(const std::string& script) {
    auto result = guest().asRoot(script, patiently());
    if (!result.succeeded()) throw GuestError(fmt::format("as root: {}; the script:\n{}", result.describe(), script));
    return std::move(result.out);
}

std::string Backup::property(const std::string& unit, const std::string& name) {
    auto value = root("systemctl show -P " + name + " -- " + Session::quote(unit));
    if (value.ends_with('\n')) value.pop_back();
    return value;
}

CommandResult Backup::start(const std::string& unit) {
    return guest().asRoot("systemctl start -- " + Session::quote(unit), patiently());
}

testing::AssertionResult Backup::failed(const std::string& unit) {
    const auto state = property(unit, "ActiveState");
    if (state == "failed") return testing::AssertionSuccess();
    return testing::AssertionFailure() << unit << " is " << state << ", its result " << property(unit, "Result");
}

std::vector<std::string> Backup::backups() { return splitLines(root("ls -A -- " + Session::quote(backup().directory))); }

std::string Backup::take(const std::string& unit) {
    const auto before = backups();
    const auto result = start(unit);
    if (!result.succeeded()) {
        throw GuestError(fmt::format("{} failed: {}\n{}", unit, result.describe(),
                                     root("journalctl -q --no-pager -o cat -n 10 -u " + Session::quote(unit))));
    }
    std::vector<std::string> added;
    for (const auto& name : backups()) {
        if (std::find(before.begin(), before.end(), name) == before.end()) added.push_back(name);
    }
    if (added.size() != 1) throw GuestError(fmt::format("{} added {} backups, not one", unit, added.size()));
    return added.front();
}

testing::AssertionResult Backup::intact(const std::string& name) {
    const auto result =
        guest().asRoot(fmt::format("cd -- {} && sha256sum --check --strict --quiet SHA256SUMS", Session::quote(pathOf(name))));
    if (result.succeeded()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "the backup " << name << " is not whole: " << result.describe();
}

testing::AssertionResult Backup::odooServes() {
    const auto job = property(odooUnit(), "Job");
    if (property(odooUnit(), "ActiveState") == "inactive" && (job.empty() || job == "0"))
        return testing::AssertionFailure() << odooUnit() << " is inactive, and nobody has ordered its start";
    // A failed unit ends the wait. That one of these has failed is the scenario's to judge, and to have judged before.
    root(fmt::format("systemctl reset-failed -- {} || true",  // One that is not loaded is an error to systemctl.
                     Session::quote(backup().hot, backup().cold, backup().restoreOf("*"))));
    try {
        guest().waitUntilReady(Deadline::in(std::chrono::minutes(10)));
    } catch (const Error& error) {
        return testing::AssertionFailure() << error.what();
    }
    const auto page = guest().odoo().loginPage();
    if (page.status == 200) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "Odoo does not show its login page: " << page.describe();
}

Backup::Obstacle::Obstacle() : admin_(guest().adminDatabase(names().odooDatabase)) {
    admin_.setBudget(std::chrono::minutes(5));
    admin_.execute("DROP TABLE IF EXISTS public.boxtest_obstacle; CREATE TABLE public.boxtest_obstacle ()");
    admin_.begin();
    admin_.execute("LOCK TABLE public.boxtest_obstacle IN ACCESS EXCLUSIVE MODE");
}

Backup::Obstacle::~Obstacle() {
    try {
        admin_.rollback();
        admin_.execute("DROP TABLE public.boxtest_obstacle");
    } catch (const std::exception& error) {
        ADD_FAILURE() << "cannot drop what this scenario made: " << error.what();
    }
}

void Backup::Obstacle::stop(const std::string& unit) {
    unit_ = unit;
    // Whoever starts such a unit waits for its end; nothing in systemctl waits for the end of one that somebody else started.
    ended_ = std::async(std::launch::async, [&session = guest().session(names().admin), unit] {
        return session.run({"sudo", "-n", "systemctl", "start", "--", unit}, patiently());
    });
    // PostgreSQL tells nobody that a lock is waited for: it has to be asked again and again.
    admin_.execute(
        "DO $$ BEGIN LOOP PERFORM pg_stat_clear_snapshot();"
        "  EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE relation = 'public.boxtest_obstacle'::regclass AND NOT granted);"
        "  PERFORM pg_sleep(0.1); END LOOP; END $$");
}

std::string Backup::Obstacle::result() {
    ended_.get();
    return property(unit_, "Result");
}

void Backup::Obstacle::endDump() {
    admin_.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'public.boxtest_obstacle'::regclass AND NOT granted");
}

}  // namespace boxtest
