// Makes Boost.Process use std::filesystem. Only its inline functions that take paths are used here, so that no further library is
// needed with the header-only Boost 1.83.
#ifndef BOOST_PROCESS_USE_STD_FS
#define BOOST_PROCESS_USE_STD_FS
#endif
#include "base/Process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/Error.hpp"
#include "base/MemoryLimit.hpp"
#include "base/Pidfd.hpp"
#include "base/Pipe.hpp"
#include "base/Poll.hpp"
#include "base/Surroundings.hpp"

namespace boxtest {

namespace process = boost::process::v2;

namespace {

/// The environment of the child, as "NAME=value".
std::vector<std::string> environmentOf(const ProcessOptions& options) {
    const auto& added = options.environment;
    const auto& left = options.withoutVariables;
    std::vector<std::string> all;
    for (char** entry = ::environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const std::string name(text.substr(0, text.find('=')));
        if (!added.contains(name) && std::find(left.begin(), left.end(), name) == left.end()) all.emplace_back(text);
    }
    for (const auto& [name, value] : added) all.emplace_back(name).append("=").append(value);
    return all;
}

/// Runs in the child between fork and exec: only what signal-safety(7) allows there.
struct ChildSetUp {
    const ProcessOptions& options;
    pid_t parent;

    template <typename Launcher, typename... Rest>
    process::error_code on_setup(Launcher& launcher, Rest&&...) const {
        launcher.fd_whitelist.insert(launcher.fd_whitelist.end(), options.keepOpen.begin(), options.keepOpen.end());
        return {};
    }

    template <typename... Arguments>
    process::error_code on_exec_setup(Arguments&&...) const {
        if (!prepare()) return {errno, boost::system::system_category()};
        return {};
    }

    /// The launcher would call exit(3) next, which would run the parent's exit handlers in the child.
    template <typename... Arguments>
    void on_exec_error(Arguments&&...) const {
        ::_exit(127);
    }

    bool prepare() const {
        restoreMemoryLimit();
        if (options.ownGroup && ::setpgid(0, 0) != 0) return false;
        if (options.dieWithParent) {
            if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
            if (::getppid() != parent) ::_exit(127);
        }
        if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) return false;
        if (options.folder.empty() && !leaveRemovedFolder()) return false;
        closeOthersOnExec();
        // exec resets signal handlers, but ignored and blocked signals stay so.
        for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
        sigset_t none;
        ::sigemptyset(&none);
        return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
    }

    /// The launcher of Boost 1.83 closes only descriptors above the last one in its list.
    void closeOthersOnExec() const {
        if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
            const long highest = ::sysconf(_SC_OPEN_MAX);
            for (int fd = 3; fd < highest; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
        for (const int fd : options.keepOpen) ::fcntl(fd, F_SETFD, 0);
    }
};

}  // namespace

struct Process::State {
    boost::asio::io_context context;
    process::process child{context};
    FileDescriptor pidfd;
    FileDescriptor input;
    FileDescriptor output;
    FileDescriptor error;
    pid_t pid = -1;
    bool ownGroup = false;
    bool givenUp = false;  ///< The process did not end after SIGKILL.
    std::string program;

    std::mutex mutex;
    std::optional<ExitStatus> status;

    /// Stores the status of a process that has ended. With `sweep`, the rest of its group is killed first, while the zombie still
    /// holds the pid.
    void reap(bool sweep) {
        std::lock_guard lock(mutex);
        if (status) return;
        if (sweep && ownGroup) ::kill(-pid, SIGKILL);
        boost::system::error_code failed;
        child.running(failed);
        if (failed) throw SystemError("cannot learn how '" + program + "' ended", failed.value());
        status = ExitStatus::fromWait(child.native_exit_code());
        // The destructor of `child` would send a signal to a pid that another process may have by then.
        child.detach();
    }

    bool waitForEnd(Deadline deadline, const FailureLatch* failure) const {
        pollfd end{pidfd.get(), POLLIN, 0};
        return status || poll({&end, 1}, deadline, failure);
    }
};

Process::Process(std::unique_ptr<State> state) : state_(std::move(state)) {}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        end();
        state_ = std::move(other.state_);
    }
    return *this;
}
Process::~Process() { end(); }

void Process::end() noexcept {
    if (!state_ || state_->status) return;
    try {
        if (!state_->givenUp) terminate(std::chrono::seconds(1));
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "boxtest: cannot end '%s' (pid %d): %s\n", state_->program.c_str(), state_->pid, failed.what());
    }
    // The destructor of `child` would wait forever.
    if (!state_->status) state_->child.detach();
}

Process Process::start(const std::vector<std::string>& argv, const ProcessOptions& options) {
    if (argv.empty()) throw UsageError("cannot start a process without a program");
    const std::string attempted =
        "cannot start '" + argv[0] + "'" + (options.folder.empty() ? "" : " in '" + options.folder.string() + "'");
    const auto program = findProgram(argv[0]);
    if (!program) throw SystemError(attempted, ENOENT);

    auto state = std::make_unique<State>();
    state->program = argv[0];
    state->ownGroup = options.ownGroup;

    // The child's ends of the pipes; closed in this process when start() returns.
    std::vector<FileDescriptor> theirs;
    auto open = [&](Stream stream, int given, int standard, FileDescriptor& ours) {
        if (given >= 0) return given;
        if (stream == Stream::inherit) return standard;
        if (stream == Stream::null) {
            theirs.emplace_back(::open("/dev/null", (standard == STDIN_FILENO ? O_RDONLY : O_WRONLY) | O_CLOEXEC));
            if (!theirs.back()) throw SystemError("cannot open '/dev/null'", errno);
        } else {
            auto made = Pipe::make();
            const bool childReads = standard == STDIN_FILENO;
            ours = std::move(childReads ? made.writeEnd : made.readEnd);
            theirs.push_back(std::move(childReads ? made.readEnd : made.writeEnd));
        }
        return theirs.back().get();
    };
    const int in = open(options.input, options.inputFrom, STDIN_FILENO, state->input);
    const int out = open(options.output, options.outputTo, STDOUT_FILENO, state->output);
    const int err = open(options.error, options.errorTo, STDERR_FILENO, state->error);

    // Before there is a child that nothing could watch.
    openPidfd(::getpid());

    const auto environment = environmentOf(options);
    std::vector<const char*> environmentPointers;
    environmentPointers.reserve(environment.size() + 1);
    for (const auto& entry : environment) environmentPointers.push_back(entry.c_str());
    environmentPointers.push_back(nullptr);

    process::posix::default_launcher launcher;
    launcher.env = environmentPointers.data();
    boost::system::error_code failed;
    const std::vector<std::string> arguments(argv.begin() + 1, argv.end());
    state->child = launcher(state->context.get_executor(), failed, *program, arguments, process::process_stdio{in, out, err},
                            ChildSetUp{options, ::getpid()});
    if (failed) {
        // The launcher does not reap a child that could not exec.
        if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
        throw SystemError(attempted, failed.value());
    }
    state->pid = state->child.id();
    state->pidfd = openPidfd(state->pid);
    if (!state->pidfd) throw SystemError("cannot watch '" + argv[0] + "' by a pidfd", ESRCH);
    return Process(std::move(state));
}

pid_t Process::pid() const { return state_->pid; }
int Process::pidfd() const { return state_->pidfd.get(); }
FileDescriptor Process::handle() const {
    FileDescriptor copy(::fcntl(state_->pidfd.get(), F_DUPFD_CLOEXEC, 3));
    if (!copy) throw SystemError("cannot copy the pidfd of '" + state_->program + "'", errno);
    return copy;
}
FileDescriptor& Process::input() { return state_->input; }
FileDescriptor& Process::output() { return state_->output; }
FileDescriptor& Process::error() { return state_->error; }
const std::string& Process::program() const { return state_->program; }

std::optional<ExitStatus> Process::exitStatus() {
    if (state_->waitForEnd(Deadline::in({}), nullptr)) state_->reap(false);
    return state_->status;
}

ExitStatus Process::wait(Deadline deadline, const FailureLatch* failure) {
    if (!state_->waitForEnd(deadline, failure)) throw TimeoutError("timed out waiting for '" + program() + "' to end");
    state_->reap(false);
    return state_->status.value_or(ExitStatus{});
}

void Process::signal(int number) {
    std::lock_guard lock(state_->mutex);
    if (!state_->status) ::kill(state_->ownGroup ? -state_->pid : state_->pid, number);
}

void Process::giveUp() { state_->givenUp = true; }

ExitStatus Process::terminate(std::chrono::milliseconds grace, std::chrono::milliseconds patience) {
    if (state_->status) return state_->status.value_or(ExitStatus{});
    signal(SIGTERM);
    if (!state_->waitForEnd(Deadline::in(grace), nullptr)) {
        signal(SIGKILL);
        if (!state_->waitForEnd(Deadline::in(patience), nullptr)) {
            state_->givenUp = true;
            throw TimeoutError("'" + program() + "' (process " + std::to_string(pid()) + ") does not end although it was killed");
        }
    }
    state_->reap(true);
    return state_->status.value_or(ExitStatus{});
}

}  // namespace boxtest
