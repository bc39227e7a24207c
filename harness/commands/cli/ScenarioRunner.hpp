#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"
#include "base/Process.hpp"
#include "report/RunReport.hpp"
#include "report/TextStyle.hpp"
#include "schedule/DurationHistory.hpp"
#include "schedule/RunEstimate.hpp"
#include "worker/EventStream.hpp"

namespace boxtest {

struct ScenarioRunnerOptions {
    std::filesystem::path program;            ///< boxtest-scenarios
    std::filesystem::path machineFile;        ///< machine.json of the machine to run on
    std::string machineOption = "--machine";  ///< The program's option for that file.
    std::filesystem::path attachments;        ///< The folder for attachments of scenarios.
    std::filesystem::path outputFile;         ///< The program's stdout and stderr are appended here.
    pid_t qemuPid = 0;                        ///< The machine's QEMU; 0: unknown.
    std::chrono::seconds scenarioLimit{900};  ///< A scenario that takes longer has failed.
    TextStyle style{false};
    /// Durations of earlier runs, for the estimate of the rest; learns from scenarios that pass. May be null. Must outlive the
    /// runner.
    DurationHistory* durations = nullptr;
};

/// Runs scenarios in a separate process, the scenarios program. If the program crashes or hangs, the running scenario has failed,
/// and the program is started again for the remaining ones. If the machine fails or the user interrupts (the latch), the program
/// is killed and the remaining scenarios are not run.
class ScenarioRunner {
   public:
    /// Log and latch must outlive the object.
    ScenarioRunner(ScenarioRunnerOptions options, Log& log, const FailureLatch& failure);

    /// Runs the scenarios that have no verdict in the report yet. Errors of the program are recorded in the report; throws
    /// SystemError only.
    void run(RunReport& report);

   private:
    /// Runs one process of the program. Returns how it ended; empty if it sent the event "done".
    std::string runWorker(RunReport& report);
    std::vector<ScenarioEvent> readEvents(int fd, EventStream& events);
    void take(RunReport& report, ScenarioEvent& event);
    /// Events sent before the run was ended count, except failures: the termination may have caused them.
    void takeLastEvents(RunReport& report, int fd, EventStream& events) noexcept;
    void showWait(const RunReport& report);
    /// If the machine has just died, a scenario's failure proves nothing about its claim: throws GuestError in that case.
    void blameMachineIfDead();

    ScenarioRunnerOptions options_;
    Log& log_;
    const FailureLatch& failure_;
    FileDescriptor qemu_;  ///< pidfd; empty if the process is unknown.
    std::chrono::steady_clock::time_point lastEvent_;
    std::optional<RunEstimate> estimate_;
    bool done_ = false;
    bool ended_ = false;
};

}  // namespace boxtest
