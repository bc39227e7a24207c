#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/ExitStatus.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/RunProgram.hpp"

namespace boxtest {

/// Where one of a child's standard streams goes.
enum class Stream {
    null,     ///< /dev/null
    pipe,     ///< a pipe whose other end belongs to this process
    inherit,  ///< the stream of this process
};

struct ProcessOptions {
    Stream input = Stream::null;
    Stream output = Stream::inherit;
    Stream error = Stream::inherit;

    /// Descriptors that stay open in the child under the same number. All other descriptors above 2 are closed there.
    std::vector<int> keepOpen = {};

    /// Used instead of `input`, `output`, `error` when not negative. The caller keeps its own copy.
    int inputFrom = -1;
    int outputTo = -1;
    int errorTo = -1;

    /// Added to the inherited environment; an equal name is replaced.
    std::map<std::string, std::string> environment = {};
    /// Variables that the child does not inherit.
    std::vector<std::string> withoutVariables = {};

    /// Working directory; empty: that of this process, or the root folder if that one was removed.
    std::filesystem::path folder = {};

    /// The kernel kills the child (SIGKILL) when the *thread* that started it ends, even by a crash (prctl(2), PR_SET_PDEATHSIG).
    /// Start such a child from a thread that lives as long as the child is needed.
    bool dieWithParent = true;

    /// A process group of its own: Ctrl-C on the terminal does not reach it, and signals go to the whole group.
    bool ownGroup = false;
};

/// A child process, started from an argument vector without a shell, with default signal handling and an empty signal mask. The
/// destructor ends and reaps it. Not thread-safe, except pid(), pidfd() and signal(), which any thread may use while the object
/// lives.
class Process {
   public:
    /// argv[0] without a slash is looked up in PATH. Throws SystemError("cannot start '<program>'", errno).
    static Process start(const std::vector<std::string>& argv, const ProcessOptions& options = {});

    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Sends SIGTERM, and SIGKILL after one second of grace. A process that does not end even then (the kernel may block it) is
    /// left running, with a line on stderr.
    ~Process();

    pid_t pid() const;

    /// Readable once the process has ended. Only for polling.
    int pidfd() const;

    /// A duplicate of the pidfd (pidfd_open(2)), owned by the caller. A signal through it reaches this process or none, even long
    /// after the process was reaped and its pid was reused. Throws SystemError.
    FileDescriptor handle() const;

    /// This process's ends of the pipes; empty for streams that are not pipes. May be moved from.
    FileDescriptor& input();
    FileDescriptor& output();
    FileDescriptor& error();

    /// Does not block.
    std::optional<ExitStatus> exitStatus();

    /// Throws TimeoutError or, when the latch was declared, GuestError.
    ExitStatus wait(Deadline deadline, const FailureLatch* failure = nullptr);

    /// Sends a signal to the process, or to its group when it has its own. Does nothing after the process was reaped.
    void signal(int number);

    /// Sends SIGTERM, and SIGKILL when the process does not end within `grace`. Returns with the process reaped. Throws
    /// TimeoutError when it has not ended within `patience` after SIGKILL either; the destructor does not wait for it again then.
    ExitStatus terminate(std::chrono::milliseconds grace, std::chrono::milliseconds patience = std::chrono::seconds(30));

    /// The destructor does not wait for the process any more.
    void giveUp();

    /// The program that was started, for messages.
    const std::string& program() const;

   private:
    struct State;
    explicit Process(std::unique_ptr<State> state);
    void end() noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace boxtest
