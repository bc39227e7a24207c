#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "report/Catalogue.hpp"
#include "report/ExitCode.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// How many scenarios ended how.
struct Counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t notRun = 0;

    std::size_t all() const { return passed + failed + notRun; }
    void add(Verdict verdict);
    friend bool operator==(const Counts&, const Counts&) = default;
};

/// What a run has found so far. Knows from the start what was planned, so that nothing can be missing without being counted.
class RunReport {
   public:
    explicit RunReport(const std::vector<CatalogueEntry>& planned);

    /// A scenario began. TransportError when it was not planned.
    void started(const std::string& scenario);
    /// A scenario ended; a scenario that ends twice keeps the worse verdict. TransportError when it was not planned.
    void ended(ScenarioResult result);
    /// The scenario that is running cannot end any more through a fault of the scenarios program: it has failed.
    void abandoned(const std::string& why);
    /// Nothing more will run: what has no verdict by now is "not run", for this reason.
    void stopped(const std::string& why);
    /// The same by a person's will. Outweighs stopped().
    void interrupted(const std::string& why);

    /// The scenario that has begun and not ended.
    const std::optional<std::string>& running() const { return running_; }
    /// Names of what has no verdict yet, in order.
    std::vector<std::string> remaining() const;

    /// In the order of the plan.
    const std::vector<ScenarioResult>& results() const { return results_; }
    Counts counts() const;
    /// Why the run stopped early.
    const std::optional<std::string>& stopReason() const { return stopReason_; }

    /// interrupted, else machineFailed when something was not run or the run was stopped, else scenarioFailed, else good.
    ExitCode exitCode() const;

   private:
    ScenarioResult& find(const std::string& scenario);

    std::vector<ScenarioResult> results_;
    std::optional<std::string> running_;
    std::optional<std::string> stopReason_;
    bool interrupted_ = false;
};

}  // namespace boxtest
