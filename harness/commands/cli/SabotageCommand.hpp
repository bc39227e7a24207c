#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "report/RunReport.hpp"
#include "sabotage/SabotageCatalogue.hpp"
#include "sabotage/SabotagePlan.hpp"

namespace boxtest {

/// `boxtest sabotage [ID...|--claim CLAIM|--all]`: misconfigures forks deliberately, and requires that the scenarios notice.
class SabotageCommand : public Command {
   public:
    explicit SabotageCommand(CLI::App& program);
    int run() override;

   private:
    /// Throws UsageError when no sabotage is selected, or an unknown one.
    std::vector<Sabotage> select(const SabotageCatalogue& catalogue) const;
    void list(const std::vector<Sabotage>& sabotages) const;
    std::size_t jobs() const;
    /// Runs the plan through `boxtest verify`.
    void runLive(const SabotagePlan& plan, const std::string& functions, RunReport& report, Log& log,
                 FailureLatch& failure) const;
    void runPlan(const SabotagePlan& plan, RunReport& report, Log& log, FailureLatch& failure) const;

    std::vector<std::string> ids_;
    std::vector<std::string> claims_;
    bool everything_ = false;
    bool allScenarios_ = false;
    bool noClean_ = false;
    bool live_ = false;
    bool quiet_ = false;
    bool list_ = false;
    std::string part_;
    std::string json_;
    std::string folder_;
    std::string template_;
    std::size_t jobs_ = 0;
    GuestOptions guest_;
};

}  // namespace boxtest
