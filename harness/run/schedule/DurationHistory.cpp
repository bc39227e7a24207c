#include "schedule/DurationHistory.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace boxtest {

namespace {

/// More than any scenario may take (--scenario-limit): a foreign or broken value.
constexpr double longestDuration = 86400;
/// So that no scenario counts as nothing.
constexpr double shortestDuration = 0.01;

}  // namespace

DurationHistory::DurationHistory(HistoryFile file) : file_(std::move(file)) {
    file_.read([&](const std::string& scenario, const nlohmann::json& value) {
        const auto seconds = value.get<double>();
        if (seconds >= shortestDuration && seconds <= longestDuration) known_[scenario] = seconds;
    });
}

DurationHistory DurationHistory::ofUser() { return DurationHistory(HistoryFile::ofUser("durations.json")); }

std::optional<std::chrono::duration<double>> DurationHistory::of(const std::string& scenario) const {
    const auto found = known_.find(scenario);
    if (found == known_.end()) return std::nullopt;
    return std::chrono::duration<double>(found->second);
}

void DurationHistory::learn(const std::string& scenario, std::chrono::duration<double> duration) {
    const auto seconds = std::max(std::round(duration.count() * 100) / 100, shortestDuration);
    known_[scenario] = learned_[scenario] = seconds;
}

void DurationHistory::save(Log& log) {
    if (learned_.empty()) return;
    file_.merge(nlohmann::json(std::exchange(learned_, {})), "how long the scenarios took is", log);
}

}  // namespace boxtest
