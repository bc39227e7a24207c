#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "report/RunReport.hpp"
#include "report/TextStyle.hpp"
#include "schedule/Admission.hpp"
#include "schedule/ConnectionHistory.hpp"
#include "schedule/CoreLoad.hpp"
#include "schedule/HostResources.hpp"
#include "schedule/OrderedResults.hpp"
#include "schedule/Schedule.hpp"
#include "worker/WorkerProcess.hpp"

namespace boxtest {

struct ForkRunnerOptions {
    std::filesystem::path program;         ///< boxtest-scenarios
    std::filesystem::path templateFolder;  ///< What the forks are made from.
    std::filesystem::path attachments;     ///< The folder of what scenarios attach.
    std::size_t jobs = 1;                  ///< Scenarios that may run at once.
    /// Forks prepared beyond `jobs`; 0 means two per core.
    std::size_t ahead = 0;
    /// Bytes that a fork is taken to need for itself until one was measured: what one of the reference guest has after its first
    /// scenario, with room to spare.
    std::uint64_t forkMemory = std::uint64_t{300} << 20;
    std::uint64_t memoryLimit = 0;  ///< Bytes that all forks may use together; 0: what the host has left.
    std::size_t keep = 5;           ///< Machines of failed scenarios that are kept at most.
    std::chrono::seconds scenarioLimit{900};
    /// For a fork, its clock and its first session; a worker has deadlines of its own below that.
    std::chrono::seconds preparationLimit{300};
    /// Tells what to make ahead for each scenario, and learns it from those that pass; null: a shell of root's for each. Must
    /// outlive the runner.
    ConnectionHistory* connections = nullptr;
    TextStyle style{false};
    std::function<std::filesystem::path(const std::string& scenario)> outputOf;  ///< A file for a worker's own output.
    std::function<std::filesystem::path(const std::string& scenario)> keptFolderOf;
    /// When set, a failed scenario's machine runs on until this returns; it is given what reaches the machine (machine.json).
    std::function<void(const std::string& scenario, const std::string& machine)> pause;

    /// What a planned name means to the scenarios program; by itself it is the scenario's name.
    struct Order {
        std::string scenario;
        std::vector<std::string> more = {};  ///< Further arguments of its worker.
    };
    std::function<Order(const std::string& planned)> orderOf = {};
    /// The line that tells of a result, empty for none; by itself that of describe().
    std::function<std::string(const ScenarioResult& result)> lineOf = {};
};

/// Runs scenarios, each in a process of its own with a fork of its own, several at once as far as the host has room. A worker
/// that crashes, hangs or is silent is one failed scenario; a scenario whose machine cannot be forked, or fails, is not run.
/// Results are shown in the order of the plan. What a person interrupts (the latch) leaves the rest not run.
class ForkRunner {
   public:
    /// Log and latch must outlive the object.
    ForkRunner(ForkRunnerOptions options, Log& log, const FailureLatch& failure);

    /// To be called once. What cannot be run ends up in the report; throws SystemError only.
    void run(RunReport& report);

   private:
    struct Job {
        std::unique_ptr<WorkerProcess> worker;
        std::uint64_t memory = 0;           ///< What its fork was last said to have of its own.
        unsigned tries = 0;                 ///< Forks that were begun for it.
        bool started = false;               ///< The scenario has begun.
        bool keeping = false;               ///< Holds one of the places for kept machines.
        std::vector<std::string> failures;  ///< Told before the end.
        std::chrono::duration<double> preparation{};
    };

    void loop();
    void startWhatIsDue();
    /// On the schedule and on the report's time line.
    void setStage(std::size_t scenario, Schedule::Stage stage);
    Schedule::Room room();
    bool hasMemory();
    /// How many forks may run at once before their turn.
    std::size_t connectingAhead() const;
    void perform(const Schedule::Action& action);
    void waitForEvents();
    void read(std::size_t scenario);
    void take(std::size_t scenario, ScenarioEvent& event);
    void answerFailing(std::size_t scenario);
    void takeEnd(std::size_t scenario, ScenarioResult result);
    /// The worker tells nothing more.
    void gone(std::size_t scenario);
    /// There was no machine to run it on.
    void unprepared(std::size_t scenario, const std::string& why, NotRunCause cause = NotRunCause::machine);
    void killLate();
    void abandon(std::size_t scenario, const std::string& why);
    void settle(std::size_t scenario);
    /// What the workers told before their end: counts, or does not when one of them breaks the protocol.
    enum class LastWords { believed, ignored };
    void stopAll(LastWords lastWords);
    void showWait();
    const std::string& name(std::size_t scenario) const { return report_->results()[scenario].scenario; }
    ForkRunnerOptions::Order order(std::size_t scenario) const {
        return options_.orderOf ? options_.orderOf(name(scenario)) : ForkRunnerOptions::Order{.scenario = name(scenario)};
    }
    GuestConnections connectionsTo(std::size_t scenario) const;
    /// Puts the planned name in the place of the scenario's.
    void rename(std::size_t scenario, ScenarioEvent& event) const;

    ForkRunnerOptions options_;
    Log& log_;
    const FailureLatch& failure_;
    HostResources host_;
    CoreLoad load_;
    Admission admission_;
    RunReport* report_ = nullptr;
    std::optional<Schedule> schedule_;
    std::optional<OrderedResults> shown_;
    std::vector<Job> jobs_;
    std::chrono::steady_clock::time_point lastResult_;
    std::size_t kept_ = 0;
    std::size_t refusedInARow_ = 0;  ///< Scenarios for which no machine could be had, one after another.
    bool saidMemory_ = false;
};

}  // namespace boxtest
