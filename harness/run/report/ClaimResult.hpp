#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "report/RunReport.hpp"

namespace boxtest {

/// Result of a run for one claim.
struct ClaimResult {
    enum class Verdict {
        proven,    ///< All its scenarios ran and passed.
        knownGap,  ///< As `proven`, but one or more scenarios show a known gap.
        broken,    ///< At least one scenario failed.
        inPart,    ///< None failed; some cannot be run on a machine in use, and this run's machine is one.
        notLive,   ///< As `inPart`, but none of its scenarios can be run there.
        notRun,    ///< None failed, but at least one was not run or not selected; or another run proves the claim.
    };
    CatalogueClaim claim;
    Counts counts = {};                               ///< Of the selected scenarios.
    std::vector<const ScenarioResult*> results = {};  ///< Of the selected scenarios; the pointers are valid as long as the
                                                      ///< report.
    std::vector<std::string> leftOut = {};            ///< Scenarios that were not selected.
    std::map<std::string, std::string> notLive = {};  ///< Part of `leftOut`: scenarios that cannot be run on a machine in use,
                                                      ///< with the reason.

    Verdict verdict() const;
};

/// "proven", "known gap", "broken", "in part", "not live", "not run".
std::string_view toString(ClaimResult::Verdict verdict);

/// "9", or "7 passed, 1 failed, 2 left out" if the scenarios differ.
std::string describeCounts(const ClaimResult& result);

/// All claims of the catalogue, in its order.
std::vector<ClaimResult> claimResults(const RunReport& report);

}  // namespace boxtest
