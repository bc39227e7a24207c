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

/// How many scenarios ended how.
struct Counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t notRun = 0;
    std::size_t knownGap = 0;

    std::size_t all() const { return passed + failed + notRun + knownGap; }
    void add(Verdict verdict);
    friend bool operator==(const Counts&, const Counts&) = default;
};

/// What a run has found so far. Knows from the start what was planned, so that nothing can be missing without being counted.
class RunReport {
   public:
    /// The catalogue is of everything there is: what is not planned was left out.
    RunReport(const std::vector<CatalogueEntry>& planned, Catalogue catalogue);
    /// There is no more than what is planned.
    explicit RunReport(const std::vector<CatalogueEntry>& planned) : RunReport(planned, Catalogue(planned)) {}

    /// A scenario began. TransportError when it was not planned.
    void started(const std::string& scenario);
    /// A scenario ended; a scenario that ends twice keeps the worse verdict. TransportError when it was not planned.
    void ended(ScenarioResult result);
    /// A scenario that is running cannot end any more through a fault of the scenarios program: it has failed. Nothing happens
    /// when it is not running.
    void abandoned(const std::string& scenario, const std::string& why);
    /// It cannot be run, or its verdict is worth nothing, because its machine failed. What others found stays.
    void notRun(const std::string& scenario, const std::string& why, NotRunCause cause = NotRunCause::machine);
    /// Nothing more will run: what has no verdict by now is "not run", for this reason.
    void stopped(const std::string& why);
    /// The same by a person's will. Outweighs stopped().
    void interrupted(const std::string& why);

    /// This one, which is not planned, cannot be run on a machine in use, for this reason.
    void notLive(const std::string& scenario, const std::string& why) { notLive_[scenario] = why; }
    const std::map<std::string, std::string>& notLive() const { return notLive_; }

    /// Takes note of what the scenarios attached; when all have ended.
    void collect(const Attachments& attachments);

    /// Scenarios that have begun and not ended.
    const std::vector<std::string>& running() const { return running_; }
    /// Names of what has no verdict yet, in order.
    std::vector<std::string> remaining() const;

    /// What was planned, as far as it is wanted.
    std::vector<CatalogueEntry> planned(const std::function<bool(const CatalogueEntry&)>& wanted) const;

    const Catalogue& catalogue() const { return catalogue_; }

    /// Where the time went; whoever runs scenarios tells it.
    TimeLine& timeLine() { return timeLine_; }
    const TimeLine& timeLine() const { return timeLine_; }

    /// In the order of the plan.
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
