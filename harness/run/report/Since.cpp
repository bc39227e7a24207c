#include "report/Since.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "report/ClaimResult.hpp"

namespace boxtest {

namespace {

/// Maximum number of scenarios listed by name as not run any more.
constexpr std::size_t shownAtMost = 5;

struct Change {
    bool worse = false;
    std::string sentence;
};

std::map<std::string, const ScenarioResult*> byName(const RunReport& report) {
    std::map<std::string, const ScenarioResult*> all;
    for (const auto& result : report.results()) all[result.scenario] = &result;
    return all;
}

std::string firstLine(const ScenarioResult& result) {
    if (result.failures.empty()) return {};
    // "file:line" on the first line, then the finding.
    const auto& text = result.failures.front();
    const auto begin = text.find('\n') == std::string::npos ? 0 : text.find('\n') + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
}

void addClaims(std::vector<Change>& changes, const RunReport& earlier, const RunReport& now) {
    std::map<std::string, ClaimResult::Verdict> before;
    for (const auto& claim : claimResults(earlier)) before[claim.claim.id] = claim.verdict();
    for (const auto& claim : claimResults(now)) {
        const auto found = before.find(claim.claim.id);
        if (found == before.end() || found->second == claim.verdict()) continue;
        // Claims without selected scenarios have no verdict to compare.
        if (claim.results.empty() && claim.notLive.empty()) continue;
        changes.push_back({claim.verdict() == ClaimResult::Verdict::broken,
                           fmt::format("{}: {}, was {}", claim.claim.id, toString(claim.verdict()), toString(found->second))});
    }
}

}  // namespace

std::vector<std::string> changesSince(const RunReport& earlier, const RunReport& now) {
    std::vector<Change> changes;
    addClaims(changes, earlier, now);
    const auto before = byName(earlier);
    const auto after = byName(now);
    for (const auto& [name, result] : after) {
        const auto found = before.find(name);
        if (found == before.end()) {
            changes.push_back({result->verdict == Verdict::failed,
                               fmt::format("{}: {}; it was not run then", name, toString(result->verdict))});
        } else if (found->second->verdict != result->verdict) {
            changes.push_back({result->verdict == Verdict::failed,
                               fmt::format("{}: {}, was {}", name, toString(result->verdict), toString(found->second->verdict))});
        } else if (result->verdict == Verdict::failed && found->second->failures != result->failures) {
            changes.push_back(
                {true, fmt::format("{}: failed then, too, but with another finding: {}", name, firstLine(*result))});
        }
    }
    std::vector<std::string> gone;
    for (const auto& [name, result] : before)
        if (!after.contains(name)) gone.push_back(fmt::format("{} ({})", name, toString(result->verdict)));
    if (gone.size() > shownAtMost)
        changes.push_back({false, fmt::format("{} scenarios that were run then were not run now", gone.size())});
    else if (!gone.empty())
        changes.push_back({false, fmt::format("run then, and not now: {}", fmt::join(gone, ", "))});
    std::ranges::stable_partition(changes, [](const Change& change) { return change.worse; });
    std::vector<std::string> sentences;
    for (auto& change : changes) sentences.push_back(std::move(change.sentence));
    return sentences;
}

}  // namespace boxtest
