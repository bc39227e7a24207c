#include "report/RunReport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

void Counts::add(Verdict verdict) {
    switch (verdict) {
        case Verdict::passed: ++passed; break;
        case Verdict::failed: ++failed; break;
        case Verdict::notRun: ++notRun; break;
        case Verdict::knownGap: ++knownGap; break;
    }
}

RunReport::RunReport(const std::vector<CatalogueEntry>& planned, Catalogue catalogue)
    : catalogue_(std::move(catalogue)), planned_(planned) {
    results_.reserve(planned.size());
    for (const auto& entry : planned) {
        ScenarioResult result;
        result.scenario = entry.scenario;
        result.claim = entry.claim;
        results_.push_back(std::move(result));
    }
}

ScenarioResult& RunReport::find(const std::string& scenario) {
    const auto found =
        std::find_if(results_.begin(), results_.end(), [&](const auto& result) { return result.scenario == scenario; });
    if (found == results_.end())
        throw TransportError(fmt::format("the scenarios program reports '{}', which was not asked for", scenario));
    return *found;
}

void RunReport::started(const std::string& scenario) {
    find(scenario);
    if (!isRunning(scenario)) running_.push_back(scenario);
}

void RunReport::ended(ScenarioResult result) {
    auto& known = find(result.scenario);
    forgetRunning(result.scenario);
    if (known.verdict == Verdict::failed) {
        std::move(result.failures.begin(), result.failures.end(), std::back_inserter(known.failures));
        return;
    }
    if (result.claim.empty()) result.claim = known.claim;
    known = std::move(result);
}

void RunReport::abandoned(const std::string& scenario, const std::string& why) {
    if (!isRunning(scenario)) return;
    auto& result = find(scenario);
    result.verdict = Verdict::failed;
    result.failures.push_back(why);
    forgetRunning(scenario);
}

void RunReport::notRun(const std::string& scenario, const std::string& why, NotRunCause cause) {
    auto& result = find(scenario);
    result.verdict = Verdict::notRun;
    result.cause = cause;
    result.begun = isRunning(scenario);
    result.failures = {why};
    forgetRunning(scenario);
}

bool RunReport::isRunning(const std::string& scenario) const {
    return std::find(running_.begin(), running_.end(), scenario) != running_.end();
}

void RunReport::forgetRunning(const std::string& scenario) { std::erase(running_, scenario); }

void RunReport::interrupted(const std::string& why) {
    stopped(why);
    stopReason_ = why;
    interrupted_ = true;
}

void RunReport::stopped(const std::string& why) {
    if (stopReason_) return;
    stopReason_ = why;
    for (auto& result : results_) {
        if (result.verdict != Verdict::notRun || !result.failures.empty()) continue;
        result.begun = isRunning(result.scenario);
        result.failures.push_back(why);
    }
    running_.clear();
}

void RunReport::collect(const Attachments& attachments) {
    for (auto& result : results_) result.attachments = attachments.of(result.scenario);
}

std::vector<CatalogueEntry> RunReport::planned(const std::function<bool(const CatalogueEntry&)>& wanted) const {
    std::vector<CatalogueEntry> entries;
    std::copy_if(planned_.begin(), planned_.end(), std::back_inserter(entries), wanted);
    return entries;
}

std::vector<std::string> RunReport::remaining() const {
    std::vector<std::string> names;
    for (const auto& result : results_)
        if (result.verdict == Verdict::notRun) names.push_back(result.scenario);
    return names;
}

Counts RunReport::counts() const {
    Counts counts;
    for (const auto& result : results_) counts.add(result.verdict);
    return counts;
}

ExitCode RunReport::exitCode() const {
    if (interrupted_) return ExitCode::interrupted;
    const auto all = counts();
    if (stopReason_ || all.notRun > 0) return ExitCode::machineFailed;
    return all.failed > 0 ? ExitCode::scenarioFailed : ExitCode::good;
}

}  // namespace boxtest
