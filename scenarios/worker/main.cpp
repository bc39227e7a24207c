/// The program boxtest-scenarios: runs GoogleTest on a running machine, or on forks of a template. `boxtest run` starts it;
/// manually: boxtest-scenarios --machine FILE [--gtest_filter=TcpRefused.*]
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "AskGuard.hpp"
#include "Claims.hpp"
#include "DeclaredAsks.hpp"
#include "EventWriter.hpp"
#include "ForkSource.hpp"
#include "LookAround.hpp"
#include "Scenario.hpp"
#include "ScenarioList.hpp"
#include "Worker.hpp"
#include "base/Error.hpp"
#include "base/MemoryLimit.hpp"
#include "base/StderrLog.hpp"
#include "base/Surroundings.hpp"
#include "db/LibpqEnvironment.hpp"
#include "live/LiveMachine.hpp"
#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"
#include "reach/RunningGuest.hpp"
#include "sabotage/SabotageCatalogue.hpp"
#include "sabotage/SabotagedSource.hpp"

namespace boxtest {
namespace {

struct Arguments {
    std::filesystem::path machine;
    std::filesystem::path live;
    std::filesystem::path record;
    bool printAsks = false;
    std::filesystem::path templateFolder;
    std::filesystem::path attachments;
    std::string scenario;
    std::filesystem::path sabotages;
    std::string sabotage;
    int events = -1;
    int commands = -1;
    bool worker = false;
    bool list = false;
    bool checkEffects = false;
    bool reuse = false;
};

/// The scenarios that GoogleTest's filter, a list of full names, selects; without a filter all.
std::vector<std::string> chosenScenarios() {
    const std::string filter = testing::GTEST_FLAG(filter);
    std::vector<std::string> names;
    for (const auto& scenario : allScenarios()) {
        const auto name = scenario.suite + "." + scenario.name;
        if (filter == "*" || (":" + filter + ":").find(":" + name + ":") != std::string::npos) names.push_back(name);
    }
    if (names.empty()) throw UsageError("a machine in use is asked by scenarios that are named in full, not by '" + filter + "'");
    return names;
}

/// Prints the requests that the chosen scenarios would send to a machine with these names.
int printAsks(const Manifest& manifest) {
    for (const auto& name : chosenScenarios()) {
        std::cout << "##### " << name << "\n";
        const auto* declaration = Declarations::of(name);
        const auto declared = DeclaredAsks::of(name, manifest);
        std::cout << (declared ? declared->text()
                      : declaration->effect == Effect::rollsBack
                          ? std::string(
                                "It writes, and takes it back: what it asks is not declared word by word; see its source.\n")
                          : std::string("It declares nothing, and is refused everything.\n"))
                  << "\n";
    }
    return std::cout.flush() ? 0 : 3;
}

int runShared(const Arguments& arguments) {
    if (arguments.machine.empty()) throw UsageError("--machine FILE is missing: `boxtest run` starts this program with it");
    const auto machine = MachineInfo::load(arguments.machine);
    const auto manifest = Manifest::load(machine.guestFolder);
    RunningGuest guest(manifest, machine.ports, machine.sshTarget(manifest.ssh));
    Scenario::use(guest);
    // GoogleTest takes ownership of the listeners.
    if (arguments.events >= 0) {
        auto* events = new EventWriter(arguments.events);
        events->conceal(Concealment::of(manifest));
        events->lookAround([&] { return lookAround(guest, machine.console()); });
        testing::UnitTest::GetInstance()->listeners().Append(events);
    }
    if (!arguments.record.empty()) {
        auto values = DeclaredAsks::valuesOf(manifest);
        values["#path"] = guest.python();
        values.erase("toPostgres");
        testing::UnitTest::GetInstance()->listeners().Append(new AskRecorder(arguments.record, std::move(values)));
    }
    return RUN_ALL_TESTS() == 0 ? 0 : 1;
}

/// A scenario that must not run on a machine in use ends the program before any request is sent.
void refuseWhatIsNotLive() {
    for (const auto& name : chosenScenarios())
        if (const auto why = Declarations::of(name)->whyNotLive(); !why.empty())
            throw UsageError(name + " is not for a machine in use: " + why);
}

/// Runs scenarios on a machine in use.
int runLive(const Arguments& arguments) {
    refuseWhatIsNotLive();
    const auto machine = LiveMachine::load(arguments.live);
    const auto manifest = machine.manifest();
    if (arguments.printAsks) return printAsks(manifest);
    // Full names only: a pattern could match more scenarios than were checked.
    testing::GTEST_FLAG(filter) = fmt::format("{}", fmt::join(chosenScenarios(), ":"));
    RunningGuest guest(manifest, [&](const std::string& user) { return machine.login(user, manifest.names.handyman); });
    // This request is the harness's own and is sent once; `boxtest verify --dry-run` shows it.
    try {
        guest.python();
    } catch (const GuestError& error) {
        // Scenarios that need it fail with this text; all others do not need it.
        std::cerr << "boxtest-scenarios: " << error.what() << "\n";
    }
    Scenario::use(guest);
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    if (arguments.events >= 0) listeners.Append(new EventWriter(arguments.events));
    listeners.Append(new AskGuard(manifest, AskGuard::Mode::enforce));
    return RUN_ALL_TESTS() == 0 ? 0 : 1;
}

int runWorker(const Arguments& arguments) {
    if (arguments.templateFolder.empty() || arguments.scenario.empty() || arguments.events < 0 || arguments.commands < 0)
        throw UsageError("--worker needs --template, --scenario, --events-fd and --commands-fd: `boxtest run` gives them");
    StderrLog log;
    const auto* declaration = Declarations::of(arguments.scenario);
    ForkSource forks(arguments.templateFolder, arguments.scenario,
                     declaration && declaration->parallel && !arguments.reuse ? CpuThreads::oneEach : CpuThreads::oneForAll);
    std::optional<SabotagedSource> sabotaged;
    if (!arguments.sabotage.empty()) {
        const auto catalogue = SabotageCatalogue::load(arguments.sabotages);
        sabotaged.emplace(forks, catalogue.at(arguments.sabotage), catalogue.functions());
    }
    MachineSource& source = sabotaged ? static_cast<MachineSource&>(*sabotaged) : forks;
    return Worker(source,
                  {.scenario = arguments.scenario,
                   .reuse = arguments.reuse,
                   .commandsFd = arguments.commands,
                   .eventsFd = arguments.events,
                   .pack = [&log](const std::filesystem::path& kept) { ForkSource::pack(kept, log); }},
                  log)
        .run();
}

/// A multiple of what a scenario needs.
constexpr std::uint64_t memoryLimit = std::uint64_t{2} << 30;

}  // namespace
}  // namespace boxtest

int main(int argc, char** argv) {
    try {
        boxtest::normaliseSurroundings();
    } catch (const boxtest::Error& error) {
        std::cerr << "boxtest-scenarios: " << error.what() << "\n";
        return 3;
    }
    boxtest::clearLibpqEnvironment();
    boxtest::limitOwnMemory(boxtest::memoryLimit);
    testing::InitGoogleTest(&argc, argv);
    CLI::App app("Runs Odoo Box scenarios against a machine that is up, or one on a fork of its own.", "boxtest-scenarios");
    boxtest::Arguments arguments;
    app.add_option("--machine", arguments.machine, "The machine.json of the running machine");
    app.add_option("--live", arguments.live, "What `boxtest verify` knows of a machine in use");
    app.add_flag("--print-asks", arguments.printAsks, "With --live: print what the scenarios would ask it, and ask nothing");
    app.add_option("--record", arguments.record,
                   "With --machine: write what each scenario asks into this folder, SUITE.NAME.asks");
    app.add_flag("--worker", arguments.worker, "Run one scenario on a fork of its own, as told on --commands-fd");
    app.add_option("--template", arguments.templateFolder, "Folder of the template to fork from");
    app.add_option("--scenario", arguments.scenario, "The worker's scenario");
    app.add_option("--attachments", arguments.attachments, "Folder for what scenarios attach to the report");
    app.add_option("--sabotages", arguments.sabotages, "Folder of the sabotages' catalogue");
    app.add_option("--sabotage", arguments.sabotage, "Of that, the one to do to every machine of the worker");
    app.add_option("--events-fd", arguments.events, "Write events as JSON lines to this descriptor");
    app.add_option("--commands-fd", arguments.commands, "Read a worker's commands as JSON lines from this descriptor");
    app.add_flag("--reuse", arguments.reuse, "With --worker: offer the fork to another scenario after each one that passes");
    app.add_flag("--check-effects", arguments.checkEffects,
                 "Compare the machine after each scenario that declares to leave it as it was");
    app.add_flag("--list-json", arguments.list,
                 "Print all claims, and all scenarios with their effects and traits; needs no machine");
    try {
        app.parse(argc, argv);
        if (arguments.list) {
            std::cout << boxtest::scenarioList(boxtest::claims(), boxtest::allScenarios()).dump(1) << "\n";
            return std::cout.flush() ? 0 : 3;
        }
        if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
        if (!arguments.attachments.empty()) boxtest::Scenario::attachTo(arguments.attachments);
        if (arguments.checkEffects) boxtest::Scenario::checkEffects();
        if (!arguments.live.empty()) return boxtest::runLive(arguments);
        return arguments.worker ? boxtest::runWorker(arguments) : boxtest::runShared(arguments);
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
