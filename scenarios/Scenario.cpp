#include "Scenario.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ReportProperties.hpp"
#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

RunningGuest& Scenario::neighbour() {
    if (!neighbour_) throw GuestError("this scenario needs two machines, which only forks can be: boxtest run --forks");
    return neighbour_();
}

void Scenario::attach(const std::string& name, std::string_view content) {
    const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
    if (attachments_) attachments_->add(fmt::format("{}.{}", test.test_suite_name(), test.name()), name, content);
}

void Scenario::attachJson(const std::string& name, const nlohmann::json& data) {
    attach(name, data.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void Scenario::record(const std::string& key, const std::string& value) { RecordProperty(recordPrefix + key, value); }

void Scenario::knownGap(const std::string& sentence) { RecordProperty(knownGapProperty, sentence); }

void Scenario::reboot() {
    if (!reboot_) throw GuestError("this scenario reboots its machine, which only a fork lets it do: boxtest run --forks");
    reboot_();
}

std::string Scenario::unitState() {
    const auto unit = Session::quote(manifest().services.postgresql.unit);
    try {
        const auto state =
            guest().asRoot("systemctl show -P ActiveState -- " + unit + "; journalctl -q --no-pager -o cat -n 3 -u " + unit);
        return "\nIts unit " + manifest().services.postgresql.unit + " is " + state.out;
    } catch (const Error&) {
        return "";  // What could not be asked is in the first error already.
    }
}

testing::AssertionResult Scenario::postgresqlLives() {
    const auto& postgresql = manifest().postgresql;
    try {
        auto database = guest().adminDatabase("postgres");
        const auto folder = single(database, "SHOW data_directory");
        if (folder != postgresql.dataDirectory) {
            return testing::AssertionFailure()
                   << "another PostgreSQL than the manifest's answers on " << postgresql.socketPath()
                   << ": its data directory is '" << folder << "', expected '" << postgresql.dataDirectory << "'";
        }
    } catch (const Error& error) {
        return testing::AssertionFailure() << "PostgreSQL does not answer on " << postgresql.socketPath()
                                           << ", so that nothing is proved: " << error.what() << unitState();
    }
    return testing::AssertionSuccess();
}

testing::AssertionResult Scenario::rootsAlone(const std::vector<std::string>& paths) {
    std::string quoted;
    for (const auto& path : paths) quoted += " " + Session::quote(path);
    const auto steps = splitLines(guest().factsAsRoot("steps=$(for path in" + quoted + R"sh(; do
  step=$(readlink -m -- "$path") next=there
  while :; do
    if [ -e "${step:-/}" ]; then echo "$next ${step:-/}"; next=there; else next=missing; fi
    [ -n "${step#/}" ] || break
    step=${step%/*}
  done
done | sort -u)
for next in there missing; do
  echo "$steps" | sed -n "s/^$next //p" | xargs -r -d '\n' stat -c "$next %a %u %n" --
done)sh"));
    std::string open;
    for (const auto& step : steps) {
        const auto words = splitWords(step);
        if (words.size() < 4) throw GuestError("no step of a walk: " + step);
        const auto mode = std::stoi(words[1], nullptr, 8);
        const bool sticky = (mode & 01000) != 0 && words[0] == "there";
        if (words[2] != "0" || ((mode & 022) != 0 && !sticky))
            open += fmt::format("\n  {} (mode {}, user {})", step.substr(step.find('/')), words[1], words[2]);
    }
    if (steps.empty()) throw GuestError("a walk to the root directory met nothing");
    if (open.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "others than root may write:" << open;
}

testing::AssertionResult Scenario::refusedWith(const std::string& sqlstate, const Outcome& outcome) {
    if (outcome.sqlstate == sqlstate) return testing::AssertionSuccess() << outcome.describe();
    return testing::AssertionFailure() << "expected " << sqlstate << ", the server answered " << outcome.describe();
}

testing::AssertionResult Scenario::refusedWith(const std::string& sqlstate, const ConnectOutcome& outcome) {
    if (outcome.sqlstate == sqlstate) return testing::AssertionSuccess() << outcome.message;
    return testing::AssertionFailure() << "expected " << sqlstate << ", "
                                       << (outcome.succeeded() ? std::string("but the connection was let in")
                                           : outcome.sqlstate.empty()
                                               ? "but no server answered: " + outcome.message
                                               : "the server answered " + outcome.sqlstate + ": " + outcome.message);
}

testing::AssertionResult Scenario::worked(const Outcome& outcome) {
    if (outcome.succeeded()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "must work, the server answered " << outcome.describe();
}

std::string Scenario::single(Database& database, const std::string& sql) {
    const auto rows = database.execute(sql);
    if (rows.size() != 1 || rows.columns() != 1) {
        throw GuestError(fmt::format("expected one value, got {} rows of {} columns from: {}", rows.size(), rows.columns(), sql));
    }
    return rows[0][0].as<std::string>("<null>");
}

std::vector<std::string> Scenario::column(Database& database, const std::string& sql) {
    std::vector<std::string> values;
    for (const auto& row : database.execute(sql)) values.push_back(row[0].as<std::string>("<null>"));
    return values;
}

}  // namespace boxtest
