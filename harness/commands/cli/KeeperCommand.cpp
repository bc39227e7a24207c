#include "cli/KeeperCommand.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <CLI/Option.hpp>

#include <cerrno>
#include <filesystem>
#include <iostream>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/Interruption.hpp"
#include "cli/KeeperLog.hpp"
#include "keeper/ProgressChannel.hpp"
#include "template/KeptMachine.hpp"

namespace boxtest {

namespace {

void redirect(int fd, const char* file, int flags) {
    const FileDescriptor opened(::open(file, flags | O_CLOEXEC, 0600));
    if (!opened || ::dup2(opened.get(), fd) < 0) throw SystemError(fmt::format("cannot open '{}'", file), errno);
}

/// Detaches from the terminal and the parent (daemon(7)): a new session, no waiting parent, the root folder.
void becomeDaemon() {
    if (::setsid() < 0) throw SystemError("cannot begin a session", errno);
    const auto child = ::fork();
    if (child < 0) throw SystemError("cannot fork", errno);
    if (child > 0) ::_exit(0);
    if (::chdir("/") != 0) throw SystemError("cannot enter '/'", errno);
    ::umask(077);
    for (const int fd : {0, 1, 2}) redirect(fd, "/dev/null", O_RDWR);
}

}  // namespace

KeeperCommand::KeeperCommand(CLI::App& program)
    : Command(program, "keeper", "The process that owns the machine which is up; `up` starts it") {
    arguments().group("");
    guest_.add(arguments());
    arguments().add_flag("--fresh", fresh_);
    arguments().add_option("--template", template_);
    arguments().add_option("--kept", kept_);
    arguments().add_option("--progress-fd", progressFd_)->required();
}

MachineOrigin KeeperCommand::origin() const {
    if (!kept_.empty()) {
        MachineOrigin origin{.templateFolder = template_, .kept = kept_};
        NullLog quiet;
        origin.boot.guestFolder = origin.keptMachine(quiet, nullptr, Deadline::in(origin.boot.timeout)).machine.guestFolder;
        return origin;
    }
    return {.boot = guest_.resolve(), .fresh = fresh_, .templateFolder = template_};
}

int KeeperCommand::run() {
    ProgressSender progress{FileDescriptor(progressFd_)};
    if (::fcntl(progressFd_, F_SETFD, FD_CLOEXEC) != 0) throw UsageError("`boxtest keeper` is started by `boxtest up` only");
    try {
        const auto from = origin();
        const auto runtime = makeRuntimeFolder();
        becomeDaemon();
        Interruption interruption;
        Keeper keeper(runtime, from.boot.guestFolder);
        const auto handling = interruption.handle([&](int signal) { keeper.end(Interruption::describe(signal)); });
        // Not earlier: if another keeper runs, its log must not be truncated.
        const auto logFile = KeeperLog::fileIn(runtime);
        for (const int fd : {1, 2}) redirect(fd, logFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
        KeeperLog log(std::cerr, progress);
        keeper.holdLeash(progress.fd());
        bool wasReady = false;
        keeper.keep(from.start(), log, [&] {
            wasReady = true;
            progress.ready();
        });
        if (!wasReady)
            progress.failed(ErrorKind::guest, "the machine was ended before it was ready: " + keeper.endReason().value_or("?"));
        files::remove(logFile);
        return code(ExitCode::good);
    } catch (const Error& error) {
        std::cerr << error.what() << std::endl;
        progress.failed(error.kind(), error.what());
    } catch (const std::exception& error) {
        std::cerr << error.what() << std::endl;
        progress.failed(ErrorKind::system, error.what());
    }
    return code(ExitCode::machineFailed);
}

}  // namespace boxtest
