#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/ExitCode.hpp"
#include "report/RunReport.hpp"
#include "sabotage/SabotagePlan.hpp"

namespace boxtest {

/// Results of sabotages, evaluated from the run of a plan: sabotage x scenario.
class KillMatrix {
   public:
    /// In order from best to worst.
    enum class Outcome {
        killed,        ///< The scenarios that must notice did notice, for the expected reason.
        survived,      ///< A scenario that must notice passed.
        wrongReason,   ///< A scenario failed, but reported another cause.
        didNotTake,    ///< The sabotage's own check failed: the result proves nothing.
        harnessError,  ///< There was no machine, or it failed.
        notRun,        ///< The run was stopped first.
    };
    struct Cell {
        std::string scenario;
        bool must = false;
        Outcome outcome = Outcome::notRun;
        ScenarioResult result;
    };
    struct Row {
        Sabotage sabotage;
        Outcome outcome = Outcome::notRun;
        std::vector<Cell> cells;
    };

    /// `all`: every sabotage of the catalogue; `scenarios`: every scenario. Both are needed to find scenarios that no sabotage
    /// turns red.
    KillMatrix(const SabotagePlan& plan, const RunReport& report, const std::vector<Sabotage>& all, const Catalogue& scenarios);

    const std::vector<Row>& rows() const { return rows_; }
    /// Results of scenarios on the machine without sabotage.
    const std::vector<ScenarioResult>& clean() const { return clean_; }
    /// Scenarios that the plan could have run, that no sabotage of this run turned red, and that no other sabotage names.
    const std::vector<std::string>& neverRed() const { return neverRed_; }
    std::size_t count(Outcome outcome) const;
    const std::optional<std::string>& stopReason() const { return stopReason_; }

    /// interrupted; machineFailed when a sabotage did not take effect, or something was not run; scenarioFailed when a sabotage
    /// survived or was noticed for a wrong reason, or the clean machine was red; else good.
    ExitCode exitCode() const;

    static const char* name(Outcome outcome);

   private:
    static Cell cellOf(const Sabotage& sabotage, const SabotagePlan::Pair& pair, const ScenarioResult& result);
    static Outcome outcomeOf(const Row& row);
    void findNeverRed(const SabotagePlan& plan, const std::vector<Sabotage>& all, const Catalogue& scenarios);

    std::vector<Row> rows_;
    std::vector<ScenarioResult> clean_;
    std::vector<std::string> neverRed_;
    std::optional<std::string> stopReason_;
    bool interrupted_ = false;
};

}  // namespace boxtest
