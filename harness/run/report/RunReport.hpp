#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/Attachments.hpp"
#include "report/Catalogue.hpp"
#include "report/ExitCode.hpp"
#include "report/ScenarioResult.hpp"
#include "report/TimeLine.hpp"

namespace boxtest {

/// Number of scenarios per verdict.
struct Counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t notRun = 0;
    std::size_t knownGap = 0;

    std::size_t all() const { return passed + failed + notRun + knownGap; }
    void add(Verdict verdict);
    friend bool operator==(const Counts&, const Counts&) = default;
};

/// The results of a run so far. Holds the plan from the start, so that every planned scenario is counted.
class RunReport {
   public:
    /// The catalogue contains all existing scenarios; those that are not planned count as left out.
    RunReport(const std::vector<CatalogueEntry>& planned, Catalogue catalogue);
    /// For a catalogue that consists of the planned scenarios only.
    explicit RunReport(const std::vector<CatalogueEntry>& planned) : RunReport(planned, Catalogue(planned)) {}

    /// A scenario began. Throws TransportError when it was not planned.
    void started(const std::string& scenario);
    /// A scenario ended. If it ends twice, `failed` stays and the failures are appended; otherwise the later result counts.
    /// Throws TransportError when it was not planned.
    void ended(ScenarioResult result);
    /// A running scenario cannot end any more because of a fault of the scenarios program: it counts as failed. Does nothing if
    /// it is not running.
    void abandoned(const std::string& scenario, const std::string& why);
    /// A scenario cannot be run, or its result is invalid, because its machine failed. Other results stay.
    void notRun(const std::string& scenario, const std::string& why, NotRunCause cause = NotRunCause::machine);
    /// No more scenarios will run: every scenario without a verdict is "not run", for this reason.
    void stopped(const std::string& why);
    /// As stopped(), but requested by the user. Overrides the reason of stopped().
    void interrupted(const std::string& why);

    /// A scenario that is not planned cannot be run on a machine in use, for this reason.
    void notLive(const std::string& scenario, const std::string& why) { notLive_[scenario] = why; }
    const std::map<std::string, std::string>& notLive() const { return notLive_; }

    /// Records the attachments of all scenarios; to be called when all have ended.
    void collect(const Attachments& attachments);

    /// Scenarios that have begun and not ended yet.
    const std::vector<std::string>& running() const { return running_; }
    /// Names of the scenarios that have no verdict yet, in plan order.
    std::vector<std::string> remaining() const;

    /// The planned scenarios for which `wanted` returns true.
    std::vector<CatalogueEntry> planned(const std::function<bool(const CatalogueEntry&)>& wanted) const;

    const Catalogue& catalogue() const { return catalogue_; }

    /// Durations of the phases; filled by the code that runs the scenarios.
    TimeLine& timeLine() { return timeLine_; }
    const TimeLine& timeLine() const { return timeLine_; }

    /// In plan order.
    const std::vector<ScenarioResult>& results() const { return results_; }
    Counts counts() const;
    /// Why the run stopped early.
    const std::optional<std::string>& stopReason() const { return stopReason_; }

    /// interrupted, else machineFailed when something was not run or the run was stopped, else scenarioFailed, else good.
    ExitCode exitCode() const;

   private:
    ScenarioResult& find(const std::string& scenario);

    void forgetRunning(const std::string& scenario);
    bool isRunning(const std::string& scenario) const;

    Catalogue catalogue_;
    std::vector<CatalogueEntry> planned_;
    std::vector<ScenarioResult> results_;
    std::vector<std::string> running_;
    std::map<std::string, std::string> notLive_;
    std::optional<std::string> stopReason_;
    bool interrupted_ = false;
    TimeLine timeLine_;
};

}  // namespace boxtest
