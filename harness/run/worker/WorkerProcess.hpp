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

/// A process of the scenarios program with a fork of its own for one scenario, as `boxtest run` sees it. Ends with the object.
class WorkerProcess {
   public:
    struct Options {
        std::filesystem::path program;         ///< boxtest-scenarios
        std::filesystem::path templateFolder;  ///< What it forks from.
        std::string scenario;                  ///< "TcpRefused.NoListener"
        std::filesystem::path outputFile;      ///< Its stdout and stderr are appended here.
        std::filesystem::path attachments;     ///< The folder of what scenarios attach; empty: none.
        std::vector<std::string> more = {};    ///< Further arguments.
    };
    using Clock = std::chrono::steady_clock;

    /// Starts it: it prepares its fork at once. From a thread that lives as long as the object. Throws SystemError.
    explicit WorkerProcess(const Options& options);

    /// Never blocks for long: commands are short. That nobody reads any more shows in the events.
    void send(const WorkerCommand& command);

    /// To be polled for reading.
    int eventsFd() const { return events_.get(); }
    /// What it has told since the last call, without blocking when eventsFd() is readable. TransportError for what is no event.
    std::vector<ScenarioEvent> read();
    /// It will tell nothing more.
    bool ended() const { return !events_; }
    Clock::time_point lastEvent() const { return lastEvent_; }
    void restartClock() { lastEvent_ = Clock::now(); }

    /// How it ended, and the last lines that it wrote: for messages. Only once it ended(); kills it when it does not go.
    std::string describeEnd();
    std::string lastLines() const;

    /// SIGTERM lets it end its fork; terminate() waits a little for that.
    void askToEnd() { process_.signal(SIGTERM); }
    void terminate(std::chrono::milliseconds grace) { process_.terminate(grace); }

   private:
    std::filesystem::path outputFile_;
    std::size_t outputBegin_ = 0;
    FileDescriptor commands_;
    FileDescriptor events_;
    EventStream stream_;
    Clock::time_point lastEvent_ = Clock::now();
    Process process_;
};

/// The last lines of a file from a place on.
std::string lastLinesOf(const std::filesystem::path& file, std::size_t begin, std::size_t count);

}  // namespace boxtest
