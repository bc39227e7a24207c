#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "report/RunReport.hpp"

namespace boxtest {

/// What a run found out about one claim.
struct ClaimResult {
    enum class Verdict {
        proven,    ///< All its scenarios ran and passed.
        knownGap,  ///< So, but that one or more of them show a known gap.
        broken,    ///< One failed.
        inPart,    ///< None failed; some cannot be run on a machine in use, which this one is.
        notLive,   ///< So is none of them.
        notRun,    ///< None failed, and one was not run, or nobody asked for it; or another run proves it.
    };
    CatalogueClaim claim;
    Counts counts = {};                               ///< Of the scenarios that were asked for.
    std::vector<const ScenarioResult*> results = {};  ///< Theirs; they live as long as the report.
    std::vector<std::string> leftOut = {};            ///< Scenarios that nobody asked for.
    std::map<std::string, std::string> notLive = {};  ///< Of those, with the reason: what cannot be run on a machine in use.

    Verdict verdict() const;
};

/// "proven", "known gap", "broken", "in part", "not live", "not run".
std::string_view toString(ClaimResult::Verdict verdict);

/// "9", or "7 passed, 1 failed, 2 left out" when there is anything to tell apart.
std::string describeCounts(const ClaimResult& result);

/// All claims of the catalogue, in its order.
std::vector<ClaimResult> claimResults(const RunReport& report);

}  // namespace boxtest
