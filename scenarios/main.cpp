/// The program boxtest-scenarios: GoogleTest over a machine that runs. `boxtest run` starts it; by hand:
///   boxtest-scenarios --machine FILE [--gtest_filter=TcpRefused.*]
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "Claims.hpp"
#include "EventWriter.hpp"
#include "RunningGuest.hpp"
#include "Scenario.hpp"
#include "base/Error.hpp"
#include "guest/Manifest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {
namespace {

/// Every scenario with its claim, in the order of the claims; throws when a suite has no claim or a claim no scenario, so
/// that neither can be forgotten.
nlohmann::json catalogue() {
    auto list = nlohmann::json::array();
    const auto& program = *testing::UnitTest::GetInstance();
    for (const auto& claim : claims()) {
        const auto before = list.size();
        for (int s = 0; s < program.total_test_suite_count(); ++s) {
            const auto& suite = *program.GetTestSuite(s);
            if (suite.name() != claim.suite()) continue;
            for (int t = 0; t < suite.total_test_count(); ++t) {
                list.push_back({{"scenario", std::string(suite.name()) + "." + suite.GetTestInfo(t)->name()},
                                {"claim", std::string(claim.id)},
                                {"promise", std::string(claim.promise)},
                                {"traits", claim.traits()}});
            }
        }
        if (list.size() == before) throw UsageError("the claim '" + std::string(claim.id) + "' has no scenario");
    }
    for (int s = 0; s < program.total_test_suite_count(); ++s) {
        const std::string suite = program.GetTestSuite(s)->name();
        if (!claimOfSuite(suite)) throw UsageError("the suite '" + suite + "' belongs to no claim: see scenarios/Claims.cpp");
    }
    return list;
}

int runScenarios(const std::filesystem::path& machineFile, int eventsFd) {
    const auto machine = MachineInfo::load(machineFile);
    RunningGuest guest(Manifest::load(machine.guestFolder), machine.ports);
    Scenario::use(guest);
    // GoogleTest owns what it is given.
    if (eventsFd >= 0) testing::UnitTest::GetInstance()->listeners().Append(new EventWriter(eventsFd));
    return RUN_ALL_TESTS() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace boxtest

int main(int argc, char** argv) {
    // Whoever reads the events or a tunnel may go away: that is an error of the write, not the end of the program.
    std::signal(SIGPIPE, SIG_IGN);
    testing::InitGoogleTest(&argc, argv);
    CLI::App app("Runs Odoo Box scenarios against a machine that is up.", "boxtest-scenarios");
    std::filesystem::path machine;
    int events = -1;
    bool list = false;
    app.add_option("--machine", machine, "The machine.json of the running machine");
    app.add_option("--events-fd", events, "Write events as JSON lines to this descriptor");
    app.add_flag("--list-json", list, "Print all scenarios with claim and traits; needs no machine");
    try {
        app.parse(argc, argv);
        if (list) {
            std::cout << boxtest::catalogue().dump(1) << "\n";
            return std::cout.flush() ? 0 : 3;
        }
        if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
        if (machine.empty()) throw boxtest::UsageError("--machine FILE is missing: `boxtest run` starts this program with it");
        return boxtest::runScenarios(machine, events);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const boxtest::Error& error) {
        std::cerr << "boxtest-scenarios: " << error.what() << "\n";
        return error.kind() == boxtest::ErrorKind::usage ? 2 : 3;
    } catch (const std::exception& error) {
        std::cerr << "boxtest-scenarios: " << error.what() << "\n";
        return 3;
    }
}
