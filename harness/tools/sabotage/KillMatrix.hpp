#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/ExitCode.hpp"
#include "report/RunReport.hpp"
#include "sabotage/SabotagePlan.hpp"

namespace boxtest {

/// What became of sabotages, judged from the run of a plan: sabotage x scenario.
class KillMatrix {
   public:
    /// From good to bad.
    enum class Outcome {
        killed,        ///< What must notice did, and said why.
        survived,      ///< Something that must notice stayed green.
        wrongReason,   ///< It was red, and named another cause.
        didNotTake,    ///< The sabotage's own check failed: nothing is proved.
        harnessError,  ///< There was no machine, or it failed.
        notRun,        ///< Stopped before.
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

    /// `all`: every sabotage of the catalogue, `scenarios`: every scenario, for what no sabotage turns red.
    KillMatrix(const SabotagePlan& plan, const RunReport& report, const std::vector<Sabotage>& all, const Catalogue& scenarios);

    const std::vector<Row>& rows() const { return rows_; }
    /// Scenarios on the machine without sabotage.
    const std::vector<ScenarioResult>& clean() const { return clean_; }
    /// Scenarios that the plan could have run, that turned red under no sabotage of this run, and that none outside of it names.
    const std::vector<std::string>& neverRed() const { return neverRed_; }
    std::size_t count(Outcome outcome) const;
    const std::optional<std::string>& stopReason() const { return stopReason_; }

    /// interrupted; machineFailed when a sabotage did not take, or something was not run; scenarioFailed when one survived or was
    /// noticed for a wrong reason, or the clean machine was red; else good.
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
