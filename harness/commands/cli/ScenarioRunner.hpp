#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"
#include "base/Process.hpp"
#include "report/RunReport.hpp"
#include "report/TextStyle.hpp"
#include "worker/EventStream.hpp"

namespace boxtest {

struct ScenarioRunnerOptions {
    std::filesystem::path program;            ///< boxtest-scenarios
    std::filesystem::path machineFile;        ///< machine.json of the machine to run on
    std::string machineOption = "--machine";  ///< By which the program takes that file.
    std::filesystem::path attachments;        ///< The folder of what scenarios attach.
    std::filesystem::path outputFile;         ///< What the program writes to stdout and stderr is appended here.
    pid_t qemuPid = 0;                        ///< The machine's QEMU; 0: unknown.
    std::chrono::seconds scenarioLimit{900};  ///< A scenario that has not ended by then has failed.
    TextStyle style{false};
};

/// Runs scenarios in the scenarios program, a process of its own. When that crashes or hangs, the scenario that was running has
/// failed, and the program is started again for those that are left. When the machine fails or a person interrupts (the latch),
/// the program is killed and what is left is not run.
class ScenarioRunner {
   public:
    /// Log and latch must outlive the object.
    ScenarioRunner(ScenarioRunnerOptions options, Log& log, const FailureLatch& failure);

    /// Runs what the report has no verdict on. Errors of the program end up in the report; throws SystemError only.
    void run(RunReport& report);

   private:
    /// How one process of the program ended: nothing when it told that it was done.
    std::string runWorker(RunReport& report);
    std::vector<ScenarioEvent> readEvents(int fd, EventStream& events);
    void take(RunReport& report, ScenarioEvent& event);
    /// What was told before the run was ended counts, but a failure: it may come of the end.
    void takeLastEvents(RunReport& report, int fd, EventStream& events) noexcept;
    void showWait(const RunReport& report);
    /// A scenario that fails because the machine has just died says nothing of its claim: throws GuestError then.
    void blameMachineIfDead();

    ScenarioRunnerOptions options_;
    Log& log_;
    const FailureLatch& failure_;
    FileDescriptor qemu_;  ///< pidfd; empty when it is unknown.
    std::chrono::steady_clock::time_point lastEvent_;
    bool done_ = false;
    bool ended_ = false;
};

}  // namespace boxtest
