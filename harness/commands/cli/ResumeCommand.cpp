#include "cli/ResumeCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <filesystem>
#include <iostream>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/Interruption.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/StartKeeper.hpp"
#include "keeper/KeeperClient.hpp"
#include "ready/BoxHooks.hpp"
#include "report/TextStyle.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr auto importBudget = std::chrono::minutes(10);
constexpr auto resumeBudget = std::chrono::minutes(5);
/// Maximum time for another command to start its machine.
constexpr auto startBudget = std::chrono::minutes(15);

/// Finds the kept machine that the user named: an exported file, a folder with kept machines, or a scenario.
LeasedKeptMachine find(const std::string& what, const std::string& scenario, const std::string& templateFolder, Log& log,
                       const FailureLatch& interrupted) {
    if (files::isFile(what)) return importKept(boxHooks(), what, templateFolder, log, Deadline::in(importBudget), &interrupted);
    if (!files::exists(what) && !scenario.empty()) throw UsageError(fmt::format("there is no '{}'", what));
    const auto kept = files::exists(what) ? KeptStore::findIn(what, scenario) : KeptStore::find(what);
    const MachineOrigin origin{.templateFolder = templateFolder.empty() ? std::filesystem::path() : files::real(templateFolder),
                               .kept = kept.folder};
    return origin.keptMachine(log, &interrupted, Deadline::in(importBudget));
}

}  // namespace

ResumeCommand::ResumeCommand(CLI::App& program)
    : Command(program, "resume", "Bring back the machine of a failed scenario, exactly where it failed") {
    arguments()
        .add_option("KEPT", what_,
                    "A scenario (its newest kept machine), an exported file, a kept machine's folder, or the folder of a run or "
                    "of a report "
                    "of Nix's")
        ->required();
    arguments().add_option("SCENARIO", scenario_, "Which one, if the folder has several kept machines");
    arguments()
        .add_option("--template", template_,
                    "Folder of the template that it was forked from (default: its path when the machine was kept)")
        ->type_name("TEMPLATE");
    arguments().add_flag("--foreground", foreground_, "Keep the machine in this process, until Ctrl-C or `boxtest down`");
    arguments().footer(
        "From then on it is the machine that is up: ssh, psql, tunnel, web, logs and down work on it. It can be resumed as often "
        "as\n"
        "wanted, and each time it begins where it failed. `boxtest keep list` shows what was kept. Nothing is written where it "
        "lies: it may\n"
        "be a Nix store.\n\n"
        "  boxtest resume PeerAuth.JaneIsJane\n"
        "  boxtest resume ./result PeerAuth.JaneIsJane       of `nix build .#checks...report`\n"
        "  boxtest resume failure.tar --template ./template");
}

int ResumeCommand::run() {
    Interruption interruption;
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    FailureLatch interrupted;
    MachineOrigin origin;
    origin.boot.timeout = resumeBudget;
    // Holds leases until the machine runs, so that nothing that it depends on is removed.
    LeasedKeptMachine found;
    FileDescriptor turn;
    {
        const auto handling = interruption.handleBy(interrupted);
        try {
            turn = takeTurn(log, interrupted, Deadline::in(startBudget));
            if (KeeperClient::connect(runtimeFolder(), log)) throw UsageError("a machine is up already: boxtest down");
            found = find(what_, scenario_, template_, log, interrupted);
            // An imported machine is already based on that template.
            if (!template_.empty() && !files::isFile(what_)) origin.templateFolder = files::real(template_);
        } catch (const InterruptedError&) {
            return code(ExitCode::interrupted);
        }
    }
    const auto& kept = found.machine;
    origin.kept = kept.folder;
    origin.boot.guestFolder = kept.guestFolder;
    if (!kept.scenario.empty()) log.line(fmt::format("the machine of {}", kept.scenario));
    if (!kept.reason.empty()) log.line(printable(kept.reason));
    return foreground_ ? keepHere(origin, log, interruption, std::move(turn)) : startKeeper(origin, log, interruption);
}

}  // namespace boxtest
