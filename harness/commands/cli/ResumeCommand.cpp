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
#include "report/TextStyle.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr auto importBudget = std::chrono::minutes(10);
constexpr auto resumeBudget = std::chrono::minutes(5);
/// How long another command may take to start its machine.
constexpr auto startBudget = std::chrono::minutes(15);

KeptMachine find(const std::string& what, Log& log, const FailureLatch& interrupted) {
    if (files::isFile(what)) return importKept(what, log, Deadline::in(importBudget), &interrupted);
    return KeptStore::find(what);
}

}  // namespace

ResumeCommand::ResumeCommand(CLI::App& program)
    : Command(program, "resume", "Bring back the machine of a failed scenario, exactly where it failed") {
    arguments()
        .add_option("KEPT", what_, "A scenario (its newest kept machine), a kept machine's folder, or an exported file")
        ->required();
    arguments().add_flag("--foreground", foreground_, "Keep the machine in this process, until Ctrl-C or `boxtest down`");
    arguments().footer(
        "From then on it is the machine that is up: ssh, psql, tunnel, web, logs and down work on it. It can be resumed as often "
        "as\n"
        "wanted, and each time it begins where it failed. `boxtest keep list` shows what was kept.");
}

int ResumeCommand::run() {
    Interruption interruption;
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    FailureLatch interrupted;
    MachineOrigin origin;
    origin.boot.timeout = resumeBudget;
    KeptMachine kept;
    FileDescriptor turn;
    {
        const auto handling = interruption.handleBy(interrupted);
        try {
            turn = takeTurn(log, interrupted, Deadline::in(startBudget));
            if (KeeperClient::connect(runtimeFolder(), log)) throw UsageError("a machine is up already: boxtest down");
            kept = find(what_, log, interrupted);
        } catch (const InterruptedError&) {
            return code(ExitCode::interrupted);
        }
    }
    origin.kept = kept.folder;
    origin.boot.guestFolder = kept.guestFolder;
    if (!kept.scenario.empty()) log.line(fmt::format("the machine of {}", kept.scenario));
    if (!kept.reason.empty()) log.line(printable(kept.reason));
    return foreground_ ? keepHere(origin, log, interruption, std::move(turn)) : startKeeper(origin, log, interruption);
}

}  // namespace boxtest
