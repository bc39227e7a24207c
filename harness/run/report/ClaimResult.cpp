#include "report/ClaimResult.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace boxtest {

ClaimResult::Verdict ClaimResult::verdict() const {
    if (counts.failed > 0) return Verdict::broken;
    if (counts.notRun > 0 || leftOut.size() > notLive.size()) return Verdict::notRun;
    if (results.empty()) return notLive.empty() ? Verdict::notRun : Verdict::notLive;
    if (!notLive.empty()) return Verdict::inPart;
    return counts.knownGap > 0 ? Verdict::knownGap : Verdict::proven;
}

std::string_view toString(ClaimResult::Verdict verdict) {
    switch (verdict) {
        case ClaimResult::Verdict::proven: return "proven";
        case ClaimResult::Verdict::knownGap: return "known gap";
        case ClaimResult::Verdict::broken: return "broken";
        case ClaimResult::Verdict::inPart: return "in part";
        case ClaimResult::Verdict::notLive: return "not live";
        case ClaimResult::Verdict::notRun: break;
    }
    return "not run";
}

std::string describeCounts(const ClaimResult& result) {
    const auto& counts = result.counts;
    if (result.results.empty() && !result.claim.run.empty()) return "by another run: boxtest list --claims";
    if (counts.passed == counts.all() && result.leftOut.empty()) return std::to_string(counts.passed);
    std::vector<std::string> parts;
    const auto add = [&](std::size_t count, std::string_view what) {
        if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
    };
    add(counts.passed, "passed");
    add(counts.knownGap, counts.knownGap == 1 ? "known gap" : "known gaps");
    add(counts.failed, "failed");
    add(counts.notRun, "not run");
    add(result.notLive.size(), "not provable live");
    add(result.leftOut.size() - result.notLive.size(), "left out");
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<ClaimResult> claimResults(const RunReport& report) {
    std::vector<ClaimResult> all;
    for (const auto& claim : report.catalogue().claims()) {
        ClaimResult one{.claim = claim};
        for (const auto& entry : report.catalogue().entries()) {
            if (entry.claim != claim.id) continue;
            const auto found = std::find_if(report.results().begin(), report.results().end(),
                                            [&](const ScenarioResult& result) { return result.scenario == entry.scenario; });
            if (found == report.results().end()) {
                one.leftOut.push_back(entry.scenario);
                if (const auto why = report.notLive().find(entry.scenario); why != report.notLive().end())
                    one.notLive.insert(*why);
            } else {
                one.results.push_back(&*found);
                one.counts.add(found->verdict);
            }
        }
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace boxtest
