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
#include "schedule/DurationHistory.hpp"
#include "schedule/HostResources.hpp"
#include "schedule/OrderedResults.hpp"
#include "schedule/RunEstimate.hpp"
#include "schedule/Schedule.hpp"
#include "worker/WorkerProcess.hpp"

namespace boxtest {

struct ForkRunnerOptions {
    std::filesystem::path program;         ///< boxtest-scenarios
    std::filesystem::path templateFolder;  ///< The template that is forked.
    std::filesystem::path attachments;     ///< The folder for attachments of scenarios.
    std::size_t jobs = 1;                  ///< Maximum number of scenarios that run in parallel.
    /// Forks prepared beyond `jobs`; 0 means two per core.
    std::size_t ahead = 0;
    /// Expected private memory of a fork in bytes, used until one was measured: that of a fork of the reference guest after its
    /// first scenario, plus a margin.
    std::uint64_t forkMemory = std::uint64_t{300} << 20;
    std::uint64_t memoryLimit = 0;  ///< Maximum bytes for all forks together; 0: no limit but the host's free memory.
    HostResources host{};           ///< Where free memory and cores are read.
    std::size_t keep = 5;           ///< Maximum number of machines of failed scenarios that are kept.
    std::chrono::seconds scenarioLimit{900};
    /// For a fork, its clock and its first session; the worker's own deadlines are shorter.
    std::chrono::seconds preparationLimit{300};
    /// Lists the connections to open ahead for each scenario, and learns from scenarios that pass; null: a root shell for each.
    /// Must outlive the runner.
    ConnectionHistory* connections = nullptr;
    /// Durations of earlier runs, for the estimate of the rest; learns from scenarios that pass. May be null. Must outlive the
    /// runner.
    DurationHistory* durations = nullptr;
    TextStyle style{false};
    std::function<std::filesystem::path(const std::string& scenario)> outputOf;  ///< Returns the file for a worker's own output.
    std::function<std::filesystem::path(const std::string& scenario)> keptFolderOf;
    /// Whether a scenario may run on a fork after another such scenario has passed there: both declare to leave a machine as it
    /// was. If it fails there, it runs again on a new fork, and has failed whatever happens there. Null, or if no more of them
    /// are planned than may run in parallel: each scenario has a new fork.
    /// A fork keeps what every scenario has touched. One that has grown beyond its share of memoryLimit is not reused; without a
    /// limit, none is while the host has less memory than a new fork needs.
    std::function<bool(const std::string& scenario)> reuses = {};
    /// If set, a failed scenario's machine keeps running until this returns; `machine` is the machine's machine.json.
    std::function<void(const std::string& scenario, const std::string& machine)> pause;

    /// What the worker runs for a planned name; by default the scenario with that name.
    struct Order {
        std::string scenario;
        std::vector<std::string> more = {};  ///< Further arguments for its worker.
    };
    std::function<Order(const std::string& planned)> orderOf = {};
    /// Returns the line that reports a result, or an empty text for no line; by default describe().
    std::function<std::string(const ScenarioResult& result)> lineOf = {};
};

/// Runs scenarios in processes with a fork each, several in parallel as far as the host's resources allow: each scenario on a new
/// fork, or, if the options say so, on one that another scenario has left as it was. A worker
/// that crashes, hangs or stops sending events makes only its own scenario fail; a scenario whose machine cannot be forked, or
/// fails, is not run. Results are shown in plan order. After an interruption (the latch), the remaining scenarios are not run.
class ForkRunner {
   public:
    /// Log and latch must outlive the object.
    ForkRunner(ForkRunnerOptions options, Log& log, const FailureLatch& failure);

    /// Whether forks are reused when so many of the planned scenarios may reuse them: else each of these has a new one anyway.
    static bool reusesForks(std::size_t scenarios, std::size_t jobs) { return scenarios > jobs; }

    /// To be called once. Scenarios that cannot be run are recorded in the report; throws SystemError only.
    void run(RunReport& report);

   private:
    struct Job {
        std::unique_ptr<WorkerProcess> worker;
        std::uint64_t memory = 0;              ///< Private memory of its fork, as last reported.
        unsigned tries = 0;                    ///< Forks started for it.
        bool started = false;                  ///< The scenario has begun.
        bool settled = false;                  ///< Its verdict is known.
        bool learned = false;                  ///< Its memory and connections are known.
        bool reused = false;                   ///< Its fork had other scenarios before.
        bool repeats = false;                  ///< It waits for a new fork, on which it runs again.
        std::optional<ScenarioResult> before;  ///< How it failed on a reused fork.
        bool keeping = false;                  ///< Occupies one of the places for kept machines.
        std::vector<std::string> failures;     ///< Received before the scenario's end.
        std::chrono::duration<double> preparation{};
    };

    /// For a worker that is asked to end.
    static constexpr auto timeToEnd = std::chrono::seconds(3);

    void loop();
    void startWhatIsDue();
    /// In the schedule and in the report's time line.
    void setStage(std::size_t scenario, Schedule::Stage stage);
    Schedule::Room room();
    bool hasMemory();
    /// Whether the scenario's fork is small enough for another one.
    bool isSmall(std::size_t scenario) const;
    /// Maximum number of forks that may run in parallel ahead of their turn.
    std::size_t connectingAhead() const;
    void perform(const Schedule::Action& action);
    void startWorker(std::size_t scenario);
    /// The scenario gets the worker of another one, with its fork.
    void takeOver(std::size_t scenario, std::size_t from);
    void waitForEvents();
    void read(std::size_t scenario);
    void take(std::size_t scenario, ScenarioEvent& event);
    void answerFailing(std::size_t scenario);
    void takeEnd(std::size_t scenario, ScenarioResult result);
    /// Whether the scenario, which did not pass, has to run again on a new fork because its fork had others before.
    bool mustRepeat(std::size_t scenario, ScenarioResult result);
    /// From "reusable" or "released".
    void learnFrom(std::size_t scenario, const ScenarioEvent& event);
    /// The worker sends no more events.
    void gone(std::size_t scenario);
    /// The scenario got no machine.
    void unprepared(std::size_t scenario, const std::string& why, NotRunCause cause = NotRunCause::machine);
    void killLate();
    void abandon(std::size_t scenario, const std::string& why);
    void settle(std::size_t scenario);
    /// Whether events that workers sent before their end count; they are ignored if a worker broke the protocol.
    enum class LastWords { believed, ignored };
    void stopAll(LastWords lastWords);
    void showWait();
    const std::string& name(std::size_t scenario) const { return report_->results()[scenario].scenario; }
    ForkRunnerOptions::Order order(std::size_t scenario) const {
        return options_.orderOf ? options_.orderOf(name(scenario)) : ForkRunnerOptions::Order{.scenario = name(scenario)};
    }
    GuestConnections connectionsTo(std::size_t scenario) const;
    /// Replaces the scenario's name by the planned name.
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
    std::optional<RunEstimate> estimate_;
    std::chrono::steady_clock::time_point lastResult_;
    std::size_t kept_ = 0;
    std::size_t refusedInARow_ = 0;  ///< Consecutive scenarios that got no machine.
    bool saidMemory_ = false;
};

}  // namespace boxtest
