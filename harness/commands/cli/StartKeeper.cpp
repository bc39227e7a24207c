#include "cli/StartKeeper.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/Poll.hpp"
#include "base/Process.hpp"
#include "cli/UpMachine.hpp"
#include "keeper/Keeper.hpp"
#include "keeper/KeeperClient.hpp"
#include "keeper/ProgressChannel.hpp"
#include "report/ExitCode.hpp"

namespace boxtest {

void printReach(const MachineInfo& info) { std::cout << describeReach(Manifest::load(info.guestFolder), info) << std::flush; }

FileDescriptor takeTurn(Log& log, const FailureLatch& failure, Deadline deadline) {
    const auto file = makeRuntimeFolder() / "start.lock";
    FileDescriptor turn(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!turn) throw SystemError(fmt::format("cannot open '{}'", file.string()), errno);
    const auto begun = std::chrono::steady_clock::now();
    while (::flock(turn.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) throw SystemError(fmt::format("cannot lock '{}'", file.string()), errno);
        constexpr auto what = "another `boxtest up`, which is starting a machine";
        if (deadline.expired()) throw TimeoutError(fmt::format("timed out waiting for {}", what));
        log.waiting(what, std::chrono::steady_clock::now() - begun);
        pauseBetweenTries(std::chrono::milliseconds(100), deadline, &failure);
    }
    return turn;
}

int startKeeper(const MachineOrigin& origin, Log& log, Interruption& interruption) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0)
        throw SystemError("cannot make a pair of sockets", errno);
    ProgressReader progress{FileDescriptor(sockets[0])};
    FileDescriptor keeperEnd(sockets[1]);
    std::vector<std::string> argv{files::linkTarget("/proc/self/exe").string(), "keeper", "--progress-fd",
                                  std::to_string(keeperEnd.get())};
    const auto arguments = origin.arguments();
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    ProcessOptions processOptions;
    processOptions.output = processOptions.error = Stream::null;
    processOptions.keepOpen = {keeperEnd.get()};
    processOptions.dieWithParent = false;
    auto starter = Process::start(argv, processOptions);
    keeperEnd.reset();

    FailureLatch interrupted;
    const auto handling = interruption.handleBy(interrupted);
    try {
        // The child process forks the keeper, and exits.
        starter.wait(Deadline::in(std::chrono::seconds(30)), &interrupted);
        progress.readUntilReady(log, Deadline::in(origin.boot.timeout + std::chrono::minutes(2)), &interrupted);
    } catch (const Error&) {
        if (interruption.signal()) log.line("interrupted: stopping the machine");
        progress.abandon(Deadline::in(keeperDownBudget));
        if (interruption.signal()) return static_cast<int>(ExitCode::interrupted);
        throw;
    }
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) throw TransportError("the keeper is gone as soon as the guest was ready");
    const auto status = keeper->status(Deadline::in(std::chrono::seconds(10)));
    if (status.machine) printReach(*status.machine);
    return static_cast<int>(ExitCode::good);
}

int keepHere(const MachineOrigin& origin, Log& log, Interruption& interruption, FileDescriptor turn) {
    Keeper keeper(makeRuntimeFolder(), origin.boot.guestFolder);
    const auto handling = interruption.handle([&](int signal) { keeper.end(Interruption::describe(signal)); });
    keeper.keep(origin.start(), log, [&] {
        turn.reset();
        if (const auto machine = keeper.status().machine) printReach(*machine);
    });
    return static_cast<int>(interruption.signal() ? ExitCode::interrupted : ExitCode::good);
}

}  // namespace boxtest
