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
    pipe,     ///< a pipe whose other end is ours
    inherit,  ///< the same as ours
};

struct ProcessOptions {
    Stream input = Stream::null;
    Stream output = Stream::inherit;
    Stream error = Stream::inherit;

    /// Descriptors that stay open in the child under the same number. Every other one above 2 is closed there.
    std::vector<int> keepOpen = {};

    /// Used instead of `input`, `output`, `error` when not negative. The caller keeps its own copy.
    int inputFrom = -1;
    int outputTo = -1;
    int errorTo = -1;

    /// Added to the inherited environment; an equal name is replaced.
    std::map<std::string, std::string> environment = {};

    /// Working directory; empty: ours.
    std::filesystem::path folder = {};

    /// The kernel kills the child (SIGKILL) when the *thread* that started it ends, be it by a crash (prctl(2),
    /// PR_SET_PDEATHSIG). Start such a child from a thread that lives as long as the child is wanted.
    bool dieWithParent = true;

    /// A process group of its own: Ctrl-C on the terminal does not reach it, and signals go to the whole group.
    bool ownGroup = false;
};

/// A child process, started from an argument vector without a shell, with default signal handling and an empty signal mask.
/// It is ended and reaped with the object. Not thread-safe, but for pid(), pidfd() and signal(), which any thread may use
/// while the object lives.
class Process {
   public:
    /// argv[0] without a slash is looked up in PATH. Throws SystemError("cannot start '<program>'", errno).
    static Process start(const std::vector<std::string>& argv, const ProcessOptions& options = {});

    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// SIGTERM, a second of grace, SIGKILL. One that outlives even that (the kernel may hold it) is left alone, with a line on
    /// stderr.
    ~Process();

    pid_t pid() const;

    /// Readable once the process ended. Only to be polled.
    int pidfd() const;

    /// A descriptor of the caller's own that stands for this process alone (pidfd_open(2)): a signal through it reaches this
    /// process or nobody, also when it was reaped long ago and its number is another's. Throws SystemError.
    FileDescriptor handle() const;

    /// Our ends of the pipes; empty for streams that are no pipe. May be moved from.
    FileDescriptor& input();
    FileDescriptor& output();
    FileDescriptor& error();

    /// Does not block.
    std::optional<ExitStatus> exitStatus();

    /// Throws TimeoutError or, when the latch was declared, GuestError.
    ExitStatus wait(Deadline deadline, const FailureLatch* failure = nullptr);

    /// To the group when it has its own. Nothing happens when the process has been reaped.
    void signal(int number);

    /// SIGTERM, and SIGKILL when that did not end it within the grace. Returns with the process reaped. Throws TimeoutError when
    /// it has not ended within the patience after SIGKILL either; it is not waited for again then.
    ExitStatus terminate(std::chrono::milliseconds grace, std::chrono::milliseconds patience = std::chrono::seconds(30));

    /// Neither this object nor its destructor waits for the process any more.
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
