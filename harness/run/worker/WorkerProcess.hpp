#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/ExitStatus.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Process.hpp"
#include "worker/EventStream.hpp"
#include "worker/WorkerCommand.hpp"

namespace boxtest {

/// A process of the scenarios program with its own fork, for one scenario or, with --reuse, for several one after another, seen
/// from `boxtest run`. Ends with the object.
class WorkerProcess {
   public:
    struct Options {
        std::filesystem::path program;         ///< boxtest-scenarios
        std::filesystem::path templateFolder;  ///< The template that it forks.
        std::string scenario;                  ///< "TcpRefused.NoListener"
        std::filesystem::path outputFile;      ///< Its stdout and stderr are appended here.
        std::filesystem::path attachments;     ///< The folder for attachments of scenarios; empty: none.
        std::vector<std::string> more = {};    ///< Further arguments.
    };
    using Clock = std::chrono::steady_clock;

    /// Starts the process, which prepares its fork at once. The calling thread must live as long as the object. Throws
    /// SystemError.
    explicit WorkerProcess(const Options& options);

    /// Does not block for long, because commands are short. If the process has stopped reading, the events show it.
    void send(const WorkerCommand& command);
    /// Sends this command of the kind `next`; from now on, the process's output is expected in that command's file. Throws
    /// SystemError when the file cannot be created.
    void handOver(const WorkerCommand& next);

    /// For poll(): readable when events arrive.
    int eventsFd() const { return events_.get(); }
    /// The events since the last call; does not block. Throws TransportError for a line that is not an event.
    std::vector<ScenarioEvent> read();
    /// No more events will come.
    bool ended() const { return !events_; }
    Clock::time_point lastEvent() const { return lastEvent_; }
    void restartClock() { lastEvent_ = Clock::now(); }

    /// How the process ended, and its last lines of output, for messages. Only after ended(); kills the process if it does not
    /// exit.
    std::string describeEnd();
    std::string lastLines() const;

    /// SIGTERM lets the process end its fork; terminate() waits up to `grace` for that.
    void askToEnd() { process_.signal(SIGTERM); }
    void terminate(std::chrono::milliseconds grace) { process_.terminate(grace); }

   private:
    /// Opens the file to append to it, and remembers its size. Throws SystemError.
    FileDescriptor openOutput();

    std::filesystem::path outputFile_;
    std::size_t outputBegin_ = 0;
    FileDescriptor commands_;
    FileDescriptor events_;
    EventStream stream_;
    Clock::time_point lastEvent_ = Clock::now();
    Process process_;
};

/// The last lines of a file, from a byte offset on.
std::string lastLinesOf(const std::filesystem::path& file, std::size_t begin, std::size_t count);

}  // namespace boxtest
