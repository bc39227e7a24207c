#include "cli/UpCommand.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <CLI/Option.hpp>

#include <array>
#include <cerrno>
#include <iostream>
#include <optional>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "base/Process.hpp"
#include "cli/KeeperCommand.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "machine/Keeper.hpp"
#include "machine/KeeperClient.hpp"
#include "machine/ProgressChannel.hpp"

namespace boxtest {

namespace {

constexpr auto downBudget = std::chrono::seconds(60);

void printReach(const MachineInfo& info) { std::cout << describeReach(Manifest::load(info.guestFolder), info) << std::flush; }

}  // namespace

UpCommand::UpCommand(CLI::App& program) : Command(program, "up", "Boot a machine and keep it up until `boxtest down`") {
    guest_.add(arguments());
    arguments().add_flag("--foreground", foreground_, "Keep the machine in this process, until Ctrl-C or `boxtest down`");
    arguments().footer(
        "Returns when the guest is ready, and prints how to reach it. Ctrl-C before that ends the machine.\nA machine that is up "
        "already stays: `up` then only says so.");
}

int UpCommand::run() {
    Interruption interruption;
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    FailureLatch interrupted;
    const auto handling = interruption.handle([&](int signal) { interrupted.declare(Interruption::describe(signal)); });
    try {
        if (meetsMachineThatIsUp(log, interrupted)) return code(ExitCode::good);
    } catch (const GuestError&) {
        if (!interruption.signal()) throw;
        return code(ExitCode::interrupted);
    }
    const auto options = guest_.resolve();
    Manifest::load(options.guestFolder);
    return foreground_ ? keepHere(options, log, interruption) : startKeeper(options, log, interruption);
}

bool UpCommand::meetsMachineThatIsUp(Log& log, const FailureLatch& failure) {
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) return false;
    const auto status = keeper->status(Deadline::in(std::chrono::seconds(10)));
    switch (status.state) {
        case KeeperState::starting:
            throw KeeperBusy(fmt::format("another `boxtest up` is starting a machine (keeper process {})", status.keeperPid));
        case KeeperState::failed:
            log.line(fmt::format("the machine that was up has failed ({}); replacing it",
                                 status.text.substr(0, status.text.find('\n'))));
            [[fallthrough]];
        case KeeperState::stopping: keeper->down(Deadline::in(downBudget), &failure); return false;
        case KeeperState::ready: break;
    }
    if (const auto asked = guest_.asked(); asked && status.guestFolder != *asked)
        throw UsageError(fmt::format("a machine with another guest is up ('{}'): boxtest down", status.guestFolder.string()));
    std::cout << "a machine is up already\n";
    if (status.machine) printReach(*status.machine);
    return true;
}

int UpCommand::startKeeper(const BootOptions& options, Log& log, Interruption& interruption) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0)
        throw SystemError("cannot make a pair of sockets", errno);
    ProgressReader progress{FileDescriptor(sockets[0])};
    FileDescriptor keeperEnd(sockets[1]);
    std::vector<std::string> argv{std::filesystem::read_symlink("/proc/self/exe").string(), "keeper", "--progress-fd",
                                  std::to_string(keeperEnd.get())};
    const auto arguments = GuestOptions::arguments(options);
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    ProcessOptions processOptions;
    processOptions.output = processOptions.error = Stream::null;
    processOptions.keepOpen = {keeperEnd.get()};
    processOptions.dieWithParent = false;
    auto starter = Process::start(argv, processOptions);
    keeperEnd.reset();

    FailureLatch interrupted;
    const auto handling = interruption.handle([&](int signal) { interrupted.declare(Interruption::describe(signal)); });
    try {
        // It forks itself away from us, and ends.
        starter.wait(Deadline::in(std::chrono::seconds(30)), &interrupted);
        progress.readUntilReady(log, Deadline::in(options.timeout + std::chrono::minutes(2)), &interrupted);
    } catch (const Error&) {
        if (interruption.signal()) log.line("interrupted: stopping the machine");
        progress.abandon(Deadline::in(downBudget));
        if (interruption.signal()) return code(ExitCode::interrupted);
        throw;
    }
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) throw TransportError("the keeper is gone as soon as the guest was ready");
    const auto status = keeper->status(Deadline::in(std::chrono::seconds(10)));
    if (status.machine) printReach(*status.machine);
    return code(ExitCode::good);
}

int UpCommand::keepHere(const BootOptions& options, Log& log, Interruption& interruption) {
    Keeper keeper(runtimeFolder(), options.guestFolder);
    const auto handling = interruption.handle([&](int signal) { keeper.end(Interruption::describe(signal)); });
    keeper.keep(KeeperCommand::boot(options), log, [&] {
        if (const auto machine = keeper.status().machine) printReach(*machine);
    });
    return code(interruption.signal() ? ExitCode::interrupted : ExitCode::good);
}

}  // namespace boxtest
