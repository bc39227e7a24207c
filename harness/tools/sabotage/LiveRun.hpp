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
#include "report/RunReport.hpp"
#include "sabotage/SabotagePlan.hpp"
#include "template/TestMachine.hpp"

namespace boxtest {

struct LiveRunOptions {
    std::filesystem::path program;  ///< boxtest, whose `verify` is run.
    std::size_t jobs = 1;           ///< Machines at once.
    /// A machine that runs, or is stopped and can be run, to which the sabotage (null: none) is done; by several threads at once.
    std::function<std::unique_ptr<TestMachine>(const Sabotage* sabotage, FailureLatch& failure, Deadline deadline)> machineOf;
    std::function<std::filesystem::path(const std::string& sabotage)> outputOf;  ///< A file for what `verify` says.
    std::function<std::string(const ScenarioResult& result)> lineOf;  ///< The line that tells of a result; empty: none.
};

/// Runs the pairs of a plan by `boxtest verify`: a machine for each sabotage (and one for the clean machine), to which the
/// sabotage is done by boxtest's own means, and which is then reached as if it were somebody's (ForeignMachine).
class LiveRun {
   public:
    /// Plan, log and latch must outlive the object.
    LiveRun(LiveRunOptions options, const SabotagePlan& plan, Log& log, const FailureLatch& failure);

    /// To be called once. What cannot be run ends up in the report; throws SystemError, and InterruptedError of the latch.
    void run(RunReport& report);

   private:
    /// All pairs of one sabotage, or of none.
    struct Share {
        std::optional<std::size_t> sabotage;
        std::vector<std::string> scenarios;
    };
    /// Latches of the machines that there are: they end when the run does.
    class Registered;

    void work(RunReport& report);
    void perform(const Share& share, RunReport& report);
    std::vector<ScenarioResult> verify(const Share& share, TestMachine& machine, const FailureLatch& failure) const;
    void take(const Share& share, ScenarioResult result, RunReport& report);
    void refuse(const Share& share, const std::string& why, NotRunCause cause, RunReport& report);
    std::string nameOf(const Share& share, const std::string& scenario) const;
    const Sabotage* sabotageOf(const Share& share) const;
    void endAll() noexcept;

    LiveRunOptions options_;
    const SabotagePlan& plan_;
    Log& log_;
    const FailureLatch& failure_;
    std::vector<Share> shares_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;  ///< Of the report, and of what follows.
    std::set<FailureLatch*> latches_;
    bool ending_ = false;
};

}  // namespace boxtest
