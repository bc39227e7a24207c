#include "sabotage/LiveRun.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"
#include "base/Together.hpp"
#include "report/ReportReader.hpp"
#include "sabotage/ForeignMachine.hpp"
#include "worker/ChangeError.hpp"

namespace boxtest {

namespace {

/// A sabotage may restart Odoo, which takes a minute or more on a busy host without KVM.
constexpr auto machineBudget = std::chrono::minutes(12);
constexpr auto verifyBudget = std::chrono::minutes(25);
constexpr auto stopBudget = std::chrono::seconds(10);

}  // namespace

class LiveRun::Registered {
   public:
    Registered(LiveRun& run, FailureLatch& latch) : run_(run), latch_(latch) {
        const std::lock_guard lock(run_.mutex_);
        if (run_.ending_) throw InterruptedError("the run ends");
        run_.latches_.insert(&latch_);
    }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    ~Registered() {
        const std::lock_guard lock(run_.mutex_);
        run_.latches_.erase(&latch_);
    }

   private:
    LiveRun& run_;
    FailureLatch& latch_;
};

LiveRun::LiveRun(LiveRunOptions options, const SabotagePlan& plan, Log& log, const FailureLatch& failure)
    : options_(std::move(options)), plan_(plan), log_(log), failure_(failure) {
    for (const auto& pair : plan_.pairs()) {
        if (shares_.empty() || shares_.back().sabotage != pair.sabotage)
            shares_.push_back({.sabotage = pair.sabotage, .scenarios = {}});
        shares_.back().scenarios.push_back(pair.scenario);
    }
}

void LiveRun::run(RunReport& report) {
    estimate_ = RunEstimate::of(report, nullptr, std::chrono::steady_clock::now());
    shown_.emplace(log_, fmt::format("boxtest verify on the first machines (0 of {} scenarios done)", report.results().size()));
    Together workers(failure_);
    try {
        for (std::size_t i = 0; i < std::min(options_.jobs, shares_.size()); ++i)
            workers.start([&](const FailureLatch&) { work(report); });
        workers.finish(Deadline::never());
    } catch (...) {
        endAll();
        throw;
    }
}

void LiveRun::endAll() noexcept {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (auto* latch : latches_) latch->interrupt("the run ends");
}

void LiveRun::work(RunReport& report) {
    for (auto at = next_++; at < shares_.size(); at = next_++) {
        const auto& share = shares_[at];
        try {
            perform(share, report);
        } catch (const InterruptedError&) {
            throw;
        } catch (const ChangeError& error) {
            refuse(share, error.what(), error.cause(), report);
        } catch (const Error& error) {
            refuse(share, error.what(), NotRunCause::machine, report);
        }
    }
}

void LiveRun::perform(const Share& share, RunReport& report) {
    FailureLatch failure;
    const Registered registered(*this, failure);
    const auto deadline = Deadline::in(machineBudget);
    const auto begun = std::chrono::steady_clock::now();
    const auto machine = options_.machineOf(sabotageOf(share), failure, deadline);
    machine->run(deadline);
    const std::chrono::duration<double> preparation = std::chrono::steady_clock::now() - begun;
    auto results = verify(share, *machine, failure);
    machine->stop(Deadline::in(stopBudget));
    for (auto& result : results) {
        result.preparation = preparation;
        take(share, std::move(result), report);
    }
}

std::vector<ScenarioResult> LiveRun::verify(const Share& share, TestMachine& machine, const FailureLatch& failure) const {
    const ForeignMachine theirs(Manifest::load(machine.guest().folder), machine.info().ports.ssh);
    std::vector<std::string> words{options_.program.string(), "verify"};
    std::ranges::copy(theirs.words(), std::back_inserter(words));
    const auto json = theirs.file("results.json");
    for (const auto& word : {fmt::format("{}", fmt::join(share.scenarios, ":")), std::string("--json"), json.string()})
        words.push_back(word);
    RunProgramOptions options;
    // The user does not need the folders of these runs: keep them out of the user's cache.
    options.environment = {{"XDG_CACHE_HOME", theirs.file("cache").string()}};
    options.failure = &failure;
    const auto told = runProgram(words, Deadline::in(verifyBudget), options);
    const auto* sabotage = sabotageOf(share);
    writeFileAtomically(options_.outputOf(sabotage ? sabotage->id : "clean"), told.out + told.err, 0600);
    const auto report = files::exists(json) ? nlohmann::json::parse(readWholeFile(json), nullptr, false) : nlohmann::json();
    if (!report.is_object()) throw GuestError("boxtest verify " + told.describe());
    return ReadReport::of(report).report.results();
}

const Sabotage* LiveRun::sabotageOf(const Share& share) const {
    return share.sabotage ? &plan_.sabotages()[*share.sabotage] : nullptr;
}

std::string LiveRun::nameOf(const Share& share, const std::string& scenario) const {
    return plan_.nameOf({.sabotage = share.sabotage, .scenario = scenario});
}

void LiveRun::take(const Share& share, ScenarioResult result, RunReport& report) {
    result.scenario = nameOf(share, result.scenario);
    // A reason that verify gives for its whole run is not a verdict on a sabotage.
    if (result.verdict == Verdict::notRun) result.cause = NotRunCause::machine;
    if (const auto line = options_.lineOf(result); !line.empty()) log_.line(line);
    const std::lock_guard lock(mutex_);
    const auto name = result.scenario;
    report.ended(std::move(result));
    showDone(name, report);
}

void LiveRun::refuse(const Share& share, const std::string& why, NotRunCause cause, RunReport& report) {
    for (const auto& scenario : share.scenarios) {
        const auto name = nameOf(share, scenario);
        log_.line(fmt::format("not run {}: {}", name, why));
        const std::lock_guard lock(mutex_);
        report.notRun(name, why, cause);
        showDone(name, report);
    }
}

void LiveRun::showDone(const std::string& ended, const RunReport& report) {
    const auto now = std::chrono::steady_clock::now();
    estimate_->ended(ended, now);
    const auto all = report.results().size();
    shown_->now(fmt::format("boxtest verify on further machines ({} of {} scenarios done{})", all - report.remaining().size(),
                            all, estimate_->describe(now)));
}

}  // namespace boxtest
