#include "schedule/RunEstimate.hpp"

#include <algorithm>
#include <set>

#include "base/TimeLeft.hpp"

namespace boxtest {

namespace {

constexpr double slowPerOther = 20;
/// An estimate is shown when this much is known.
constexpr double leastSeconds = 5;
constexpr std::size_t leastEnded = 3;
constexpr double leastShare = 0.05;

std::optional<double> medianOf(std::vector<double> values) {
    if (values.empty()) return std::nullopt;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double secondsBetween(RunEstimate::Time from, RunEstimate::Time to) { return RunEstimate::Seconds(to - from).count(); }

}  // namespace

RunEstimate::RunEstimate(const std::vector<Planned>& planned, Time begun) : begun_(begun) {
    std::vector<double> slow, others;
    for (const auto& one : planned)
        if (one.before) (one.slow ? slow : others).push_back(one.before->count());
    inSeconds_ = !slow.empty() || !others.empty();
    const auto slowMedian = medianOf(slow), otherMedian = medianOf(others);
    const auto other = otherMedian.value_or(slowMedian.value_or(slowPerOther) / slowPerOther);
    const auto slowOne = slowMedian.value_or(other * slowPerOther);
    for (const auto& one : planned) {
        const auto weight = one.before ? one.before->count() : one.slow ? slowOne : other;
        if (scenarios_.try_emplace(one.name, Scenario{.weight = weight}).second) all_ += weight;
    }
}

RunEstimate RunEstimate::of(const RunReport& report, const DurationHistory* history, Time begun,
                            const std::function<std::string(const std::string&)>& scenarioOf) {
    const auto remaining = report.remaining();
    const std::set<std::string> left(remaining.begin(), remaining.end());
    std::vector<Planned> planned;
    for (const auto& entry : report.planned([&](const CatalogueEntry& one) { return left.contains(one.scenario); }))
        planned.push_back(
            {.name = entry.scenario,
             .slow = entry.has("slow"),
             .before = history ? history->of(scenarioOf ? scenarioOf(entry.scenario) : entry.scenario) : std::nullopt});
    return {planned, begun};
}

void RunEstimate::started(const std::string& name, Time now) {
    if (const auto found = scenarios_.find(name); found != scenarios_.end()) found->second.running = now;
}

void RunEstimate::stopped(const std::string& name) {
    if (const auto found = scenarios_.find(name); found != scenarios_.end()) found->second.running.reset();
}

void RunEstimate::ended(const std::string& name, Time now) {
    const auto found = scenarios_.find(name);
    if (found == scenarios_.end() || found->second.ended) return;
    auto& scenario = found->second;
    scenario.ended = true;
    done_ += scenario.weight;
    ++count_;
    if (!scenario.running) return;
    ranWeight_ += scenario.weight;
    ranSeconds_ += secondsBetween(*scenario.running, now);
}

std::optional<RunEstimate::Seconds> RunEstimate::rest(Time now) const {
    const auto elapsed = secondsBetween(begun_, now);
    if (elapsed < leastSeconds || all_ <= 0) return std::nullopt;
    // Seconds that a scenario of the weight 1 takes in this run.
    const auto pace = ranWeight_ > 0 && ranSeconds_ > 0 ? ranSeconds_ / ranWeight_ : inSeconds_ ? 1.0 : 0.0;
    if (pace <= 0) return std::nullopt;
    double done = done_, longest = 0;
    for (const auto& [name, scenario] : scenarios_) {
        if (scenario.ended) continue;
        const auto sofar = scenario.running ? std::min(secondsBetween(*scenario.running, now) / pace, scenario.weight) : 0.0;
        done += sofar;
        longest = std::max(longest, (scenario.weight - sofar) * pace);
    }
    if (done <= 0 || longest <= 0 || (count_ < leastEnded && done < leastShare * all_)) return std::nullopt;
    return Seconds(std::max(elapsed * std::max(all_ - done, 0.0) / done, longest));
}

std::string RunEstimate::describe(Time now) const {
    const auto left = rest(now);
    return left ? ", " + aboutLeft(*left) : "";
}

}  // namespace boxtest
