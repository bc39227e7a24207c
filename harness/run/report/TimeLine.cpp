#include "report/TimeLine.hpp"

#include <algorithm>

namespace boxtest {

std::string_view toString(TimeLine::Phase phase) {
    using Phase = TimeLine::Phase;
    switch (phase) {
        case Phase::findingTemplate: return "template";
        case Phase::boot: return "boot";
        case Phase::fork: return "fork";
        case Phase::waiting: return "waiting";
        case Phase::connecting: return "connecting";
        case Phase::running: return "running";
        case Phase::ending: break;
    }
    return "ending";
}

double TimeLine::since(Clock::time_point now) const { return std::chrono::duration<double>(now - begin_).count(); }

TimeLine::Row& TimeLine::row(const std::string& scenario) {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.scenario == scenario; });
    if (found != rows_.end()) return *found;
    rows_.push_back({.scenario = scenario, .spans = {}});
    return rows_.back();
}

void TimeLine::enter(const std::string& scenario, Phase phase, Clock::time_point now) {
    leave(scenario, now);
    row(scenario);
    open_[scenario] = {phase, since(now)};
}

void TimeLine::leave(const std::string& scenario, Clock::time_point now) {
    const auto open = open_.find(scenario);
    if (open == open_.end()) return;
    const auto [phase, from] = open->second;
    if (const auto to = since(now); to > from) row(scenario).spans.push_back({.phase = phase, .from = from, .to = to});
    open_.erase(open);
}

void TimeLine::finish(Clock::time_point now) {
    while (!open_.empty()) leave(std::string(open_.begin()->first), now);
}

}  // namespace boxtest
