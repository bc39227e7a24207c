#include "Scenario.hpp"

#include <fmt/format.h>

#include "ReportProperties.hpp"
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
