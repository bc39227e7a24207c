#include "cli/UpCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <iostream>
#include <optional>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/StartKeeper.hpp"
#include "cli/UpMachine.hpp"
#include "keeper/Keeper.hpp"
#include "keeper/KeeperClient.hpp"
#include "template/TemplateRecord.hpp"

namespace boxtest {

namespace {

std::string originOf(const MachineInfo& machine) {
    if (!machine.kept.empty()) return fmt::format("it was resumed from '{}'", machine.kept.string());
    if (machine.templateKey.empty()) return "it was booted, without a template";
    return fmt::format("it was forked from the template {}", machine.templateKey);
}

}  // namespace

UpCommand::UpCommand(CLI::App& program) : Command(program, "up", "Start a machine and keep it up until `boxtest down`") {
    guest_.add(arguments());
    arguments().add_flag("--fresh", fresh_, "Boot it, instead of forking it from the guest's template");
    arguments()
        .add_option("--template", template_, "Fork it from the template in this folder, as it is")
        ->type_name("TEMPLATE")
        ->excludes("--fresh");
    arguments().add_flag("--foreground", foreground_, "Keep the machine in this process, until Ctrl-C or `boxtest down`");
    arguments().footer(
        "Returns when the guest is ready, and prints how to reach it: after about a second, but for the first time, when the\n"
        "guest's template is made, which takes minutes. Ctrl-C before that ends the machine.\n"
        "A machine that is up already stays: `up` then only says so, or fails when that machine is not what the options or\n"
        "BOXTEST_GUEST ask for. Its guest may reboot: `boxtest status` then says \"starting\" until it is ready again.");
}

int UpCommand::run() {
    Interruption interruption;
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    FailureLatch interrupted;
    const auto handling = interruption.handleBy(interrupted);
    if (const auto remark = whyNotXdgRuntimeDir(); !remark.empty())
        log.line(fmt::format("{}: the machine is of '{}'", remark, runtimeFolder().string()));
    FileDescriptor turn;
    try {
        // If several `up` commands run in parallel, one starts the machine, and the others find it up.
        const auto deadline = Deadline::in(guest_.timeout() + std::chrono::minutes(2));
        turn = takeTurn(log, interrupted, deadline);
        if (meetsMachineThatIsUp(log, interrupted, deadline)) return code(ExitCode::good);
    } catch (const InterruptedError&) {
        return code(ExitCode::interrupted);
    }
    const MachineOrigin origin{
        .boot = guest_.resolve(), .fresh = fresh_, .templateFolder = template_.empty() ? "" : files::real(template_)};
    Manifest::load(origin.boot.guestFolder);
    return foreground_ ? keepHere(origin, log, interruption, std::move(turn)) : startKeeper(origin, log, interruption);
}

bool UpCommand::meetsMachineThatIsUp(Log& log, const FailureLatch& failure, Deadline deadline) {
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) return false;
    auto status = keeper->watch(Deadline::in(std::chrono::seconds(10)));
    // The command that started the keeper was killed or stopped waiting.
    while (status.state == KeeperState::starting) {
        log.waiting(fmt::format("the machine that keeper process {} is starting", status.keeperPid), {});
        try {
            status = keeper->nextChange(deadline, &failure);
        } catch (const TransportError&) {
            return false;
        }
    }
    switch (status.state) {
        case KeeperState::starting: break;
        case KeeperState::failed:
            log.line(fmt::format("the machine that was up has failed ({}); replacing it",
                                 status.text.substr(0, status.text.find('\n'))));
            [[fallthrough]];
        case KeeperState::stopping: keeper->down(Deadline::in(keeperDownBudget), &failure); return false;
        case KeeperState::ready: break;
    }
    if (foreground_)
        throw UsageError(fmt::format("a machine is up already, in keeper process {}: boxtest down", status.keeperPid));
    if (const auto difference = status.machine ? differenceTo(*status.machine) : std::nullopt)
        throw UsageError(fmt::format("a machine is up that is not what was asked for: {}: boxtest down", *difference));
    std::cout << "a machine is up already\n";
    if (status.machine) printReach(*status.machine);
    return true;
}

std::optional<std::string> UpCommand::differenceTo(const MachineInfo& machine) const {
    if (const auto difference = guest_.differenceTo(machine, !template_.empty() && !guest_.asked())) return difference;
    const bool booted = machine.kept.empty() && machine.templateKey.empty();
    if (fresh_ && !booted) return originOf(machine);
    if (template_.empty()) return std::nullopt;
    if (!files::isFolder(template_)) throw UsageError(fmt::format("there is no template '{}'", template_));
    if (machine.kept.empty() && TemplateRecord::load(template_).key == machine.templateKey) return std::nullopt;
    return originOf(machine);
}

}  // namespace boxtest
