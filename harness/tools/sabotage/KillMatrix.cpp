#include "sabotage/KillMatrix.hpp"

#include <algorithm>
#include <set>

#include "base/TextPattern.hpp"
#include "sabotage/SabotagedSource.hpp"

namespace boxtest {

namespace {

using Outcome = KillMatrix::Outcome;

/// The run was stopped before this scenario began.
bool neverBegun(const ScenarioResult& result) {
    return result.verdict == Verdict::notRun && result.cause == NotRunCause::stopped;
}

bool says(const Sabotage& sabotage, const ScenarioResult& result) {
    const TextPattern wanted(sabotage.says);
    return std::any_of(result.failures.begin(), result.failures.end(), [&](const auto& text) { return wanted.fits(text); });
}

Outcome outcomeOfPair(const Sabotage& sabotage, const ScenarioResult& result) {
    using Ends = Sabotage::Ends;
    if (isGreen(result)) return Outcome::survived;
    if (result.verdict == Verdict::notRun) {
        if (result.cause == NotRunCause::changeWithoutEffect) return Outcome::didNotTake;
        if (result.cause == NotRunCause::changeFailed) return Outcome::harnessError;
        if (sabotage.ends == Ends::failed) return Outcome::harnessError;
    } else if (sabotage.ends == Ends::notRun) {
        return Outcome::wrongReason;
    }
    return says(sabotage, result) ? Outcome::killed : Outcome::wrongReason;
}

}  // namespace

KillMatrix::KillMatrix(const SabotagePlan& plan, const RunReport& report, const std::vector<Sabotage>& all,
                       const Catalogue& scenarios)
    : stopReason_(report.stopReason()), interrupted_(report.exitCode() == ExitCode::interrupted) {
    for (const auto& sabotage : plan.sabotages())
        rows_.push_back({.sabotage = sabotage, .outcome = Outcome::notRun, .cells = {}});
    for (std::size_t i = 0; i < plan.pairs().size(); ++i) {
        const auto& pair = plan.pairs()[i];
        auto result = report.results()[i];
        result.scenario = pair.scenario;
        if (!pair.sabotage) {
            clean_.push_back(std::move(result));
            continue;
        }
        auto& row = rows_[*pair.sabotage];
        auto cell =
            neverBegun(result) ? Cell{pair.scenario, pair.must, Outcome::notRun, result} : cellOf(row.sabotage, pair, result);
        row.cells.push_back(std::move(cell));
    }
    for (auto& row : rows_) row.outcome = outcomeOf(row);
    findNeverRed(plan, all, scenarios);
}

KillMatrix::Cell KillMatrix::cellOf(const Sabotage& sabotage, const SabotagePlan::Pair& pair, const ScenarioResult& result) {
    return {.scenario = pair.scenario, .must = pair.must, .outcome = outcomeOfPair(sabotage, result), .result = result};
}

Outcome KillMatrix::outcomeOf(const Row& row) {
    if (row.sabotage.notice.empty()) {
        // One killed cell among the claim's scenarios is enough; otherwise the worst outcome counts.
        Outcome worst = Outcome::survived;
        for (const auto& cell : row.cells) {
            if (cell.outcome == Outcome::killed) return Outcome::killed;
            worst = std::max(worst, cell.outcome);
        }
        return worst;
    }
    Outcome worst = Outcome::killed;
    for (const auto& cell : row.cells)
        if (cell.must) worst = std::max(worst, cell.outcome);
    return worst;
}

void KillMatrix::findNeverRed(const SabotagePlan& plan, const std::vector<Sabotage>& all, const Catalogue& scenarios) {
    std::set<std::string> red, run;
    for (const auto& row : rows_) {
        run.insert(row.sabotage.id);
        for (const auto& cell : row.cells)
            if (cell.result.verdict == Verdict::failed) red.insert(cell.scenario);
    }
    for (const auto& sabotage : all) {
        if (run.contains(sabotage.id)) continue;
        for (const auto& entry : SabotagePlan::mustNotice(sabotage, scenarios)) red.insert(entry.scenario);
    }
    for (const auto& entry : scenarios.entries())
        if (plan.mayRun(entry.scenario) && !red.contains(entry.scenario)) neverRed_.push_back(entry.scenario);
}

std::size_t KillMatrix::count(Outcome outcome) const {
    return static_cast<std::size_t>(
        std::count_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.outcome == outcome; }));
}

ExitCode KillMatrix::exitCode() const {
    if (interrupted_) return ExitCode::interrupted;
    const auto cleanIs = [&](Verdict verdict) {
        return std::any_of(clean_.begin(), clean_.end(), [&](const auto& result) { return result.verdict == verdict; });
    };
    const auto broken = count(Outcome::didNotTake) + count(Outcome::harnessError) + count(Outcome::notRun);
    if (stopReason_ || broken > 0 || cleanIs(Verdict::notRun)) return ExitCode::machineFailed;
    const auto missed = count(Outcome::survived) + count(Outcome::wrongReason);
    return missed > 0 || cleanIs(Verdict::failed) ? ExitCode::scenarioFailed : ExitCode::good;
}

const char* KillMatrix::name(Outcome outcome) {
    switch (outcome) {
        case Outcome::killed: return "killed";
        case Outcome::survived: return "survived";
        case Outcome::wrongReason: return "wrong reason";
        case Outcome::didNotTake: return "did not take";
        case Outcome::harnessError: return "harness error";
        case Outcome::notRun: break;
    }
    return "not run";
}

}  // namespace boxtest
