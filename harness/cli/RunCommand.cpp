#include "cli/RunCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include <iostream>
#include <utility>

#include "base/Error.hpp"
#include "cli/MachineWatch.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/RunFolder.hpp"
#include "cli/ScenarioRunner.hpp"
#include "cli/ScenariosProgram.hpp"
#include "machine/ReadyMachine.hpp"
#include "report/JunitXml.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest {

RunCommand::RunCommand(CLI::App& program)
    : Command(program, "run", "Run scenarios: on the machine that is up, else on one booted for this run") {
    arguments().add_option("FILTER", filter_,
                           "Patterns (* and ?) of claims, suites or scenarios, separated by ':'; those after ':-' are left out");
    arguments().add_flag("--fresh", fresh_, "Boot a machine for this run even when one is up");
    arguments().add_option("--junit", junit_, "Write the results as JUnit XML, too")->type_name("FILE");
    arguments()
        .add_option("--scenario-limit", scenarioLimit_, "How long one scenario may take")
        ->type_name("SECONDS")
        ->check(CLI::Range(1L, 86400L))
        ->capture_default_str();
    guest_.add(arguments());
    arguments().footer(
        "  boxtest run\n"
        "  boxtest run tcp-refused\n"
        "  boxtest run 'PeerAuth.*:handyman-*:-*Slow*' --junit results.xml\n\n"
        "Exit status 0 when all passed, 1 when one failed, 3 when the machine failed or something was not run, 130 when "
        "interrupted.");
}

int RunCommand::run() {
    Interruption interruption;
    FailureLatch failure;
    const auto handling = interruption.handle([&](int signal) { failure.declare(Interruption::describe(signal)); });
    const auto begun = std::chrono::steady_clock::now();
    const auto style = TextStyle::of(1);
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));

    std::optional<RunReport> report;
    try {
        report.emplace(listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1)), &failure).select(filter_));
        runScenarios(*report, log, failure);
    } catch (const Error& error) {
        if (interruption.signal() && !report) return code(ExitCode::interrupted);
        if (!report || exitCodeOf(error) == ExitCode::usage) throw;
        if (!interruption.signal()) report->stopped(error.what());
    }
    if (const auto signal = interruption.signal()) report->interrupted(Interruption::describe(*signal));
    const auto duration = std::chrono::steady_clock::now() - begun;
    printReport(std::cout, *report, duration, style);
    std::cout << std::flush;
    if (!junit_.empty()) writeJunitXml(junit_, *report, duration);
    return code(report->exitCode());
}

void RunCommand::runScenarios(RunReport& report, Log& log, FailureLatch& failure) {
    if (auto up = machineThatIsUp(log)) {
        log.line(fmt::format("using the machine that is up (guest {}, {}); --fresh boots one for this run",
                             up->manifest.id.substr(0, 12), up->info.accelerator));
        const auto info = up->info;
        const MachineWatch watch(std::move(up->keeper), failure);
        return runOn(info, report, log, failure);
    }
    auto machine = ReadyMachine::boot(guest_.resolve(), log, failure);
    runOn(machine.info(), report, log, failure);
    machine.stop(Deadline::in(std::chrono::seconds(10)));
    if (report.exitCode() == ExitCode::machineFailed) machine.folder().keepLogs();
}

std::optional<UpMachine> RunCommand::machineThatIsUp(Log& log) {
    if (fresh_) return std::nullopt;
    auto up = UpMachine::tryFind(log);
    if (!up) return std::nullopt;
    if (const auto asked = guest_.asked(); asked && *asked != up->info.guestFolder)
        throw UsageError(fmt::format("the machine that is up runs another guest ('{}'): boxtest down, or --fresh",
                                     up->info.guestFolder.string()));
    return up;
}

void RunCommand::runOn(const MachineInfo& info, RunReport& report, Log& log, const FailureLatch& failure) {
    const RunFolder folder;
    ScenarioRunnerOptions options{.program = findScenariosProgram(),
                                  .machineFile = info.file(),
                                  .outputFile = folder.output(),
                                  .qemuPid = info.qemuPid,
                                  .scenarioLimit = std::chrono::seconds(scenarioLimit_),
                                  .style = TextStyle::of(2)};
    ScenarioRunner(std::move(options), log, failure).run(report);
    log.line(fmt::format("the scenarios' own output: {}", folder.output().string()));
}

}  // namespace boxtest
