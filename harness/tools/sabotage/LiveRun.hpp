#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "base/ShownWait.hpp"
#include "report/RunReport.hpp"
#include "sabotage/SabotagePlan.hpp"
#include "schedule/RunEstimate.hpp"
#include "template/TestMachine.hpp"

namespace boxtest {

struct LiveRunOptions {
    std::filesystem::path program;  ///< The program boxtest, for its command `verify`.
    std::size_t jobs = 1;           ///< Maximum number of machines in parallel.
    /// Returns a machine, running or stopped, to which the sabotage (null: none) has been done. Called by several threads in
    /// parallel.
    std::function<std::unique_ptr<TestMachine>(const Sabotage* sabotage, FailureLatch& failure, Deadline deadline)> machineOf;
    std::function<std::filesystem::path(const std::string& sabotage)> outputOf;  ///< Returns the file for the output of `verify`.
    std::function<std::string(const ScenarioResult& result)> lineOf;  ///< Returns the line that reports a result; empty: no line.
};

/// Runs the pairs of a plan through `boxtest verify`: one machine for each sabotage (and one for the clean machine). The sabotage
/// is done with boxtest's own access; then `verify` accesses the machine like a machine in use (ForeignMachine).
class LiveRun {
   public:
    /// Plan, log and latch must outlive the object.
    LiveRun(LiveRunOptions options, const SabotagePlan& plan, Log& log, const FailureLatch& failure);

    /// To be called once. What cannot be run is recorded in the report; throws SystemError, and InterruptedError by the latch.
    void run(RunReport& report);

   private:
    /// All pairs of one sabotage, or of the clean machine.
    struct Share {
        std::optional<std::size_t> sabotage;
        std::vector<std::string> scenarios;
    };
    /// Registers the latches of the existing machines, which are interrupted when the run ends.
    class Registered;

    void work(RunReport& report);
    void perform(const Share& share, RunReport& report);
    std::vector<ScenarioResult> verify(const Share& share, TestMachine& machine, const FailureLatch& failure) const;
    void take(const Share& share, ScenarioResult result, RunReport& report);
    void refuse(const Share& share, const std::string& why, NotRunCause cause, RunReport& report);
    std::string nameOf(const Share& share, const std::string& scenario) const;
    const Sabotage* sabotageOf(const Share& share) const;
    void endAll() noexcept;
    /// Shows how much is done. mutex_ is held.
    void showDone(const std::string& ended, const RunReport& report);

    LiveRunOptions options_;
    const SabotagePlan& plan_;
    Log& log_;
    const FailureLatch& failure_;
    std::vector<Share> shares_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;  ///< Protects the report and the following members.
    std::set<FailureLatch*> latches_;
    bool ending_ = false;
    std::optional<RunEstimate> estimate_;
    std::optional<ShownWait> shown_;
};

}  // namespace boxtest
