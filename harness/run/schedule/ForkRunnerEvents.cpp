// What the runner does with the events of its workers, and with their ends.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "report/TerminalReport.hpp"
#include "schedule/ForkRunner.hpp"

namespace boxtest {

namespace {

using Stage = Schedule::Stage;

/// One retry with a second fork is useful, a third fork is not. When two scenarios in a row get no machine, the run ends.
constexpr unsigned triesAtMost = 2;
constexpr std::size_t refusedAtMost = 2;

/// The result of a scenario that failed on a reused fork, and then passed on a new one, or was not finished there.
ScenarioResult failedBefore(ScenarioResult before, ScenarioResult now) {
    const auto failures = fmt::format("{}", fmt::join(before.failures, "\n"));
    if (!isGreen(now)) {
        const auto why = now.failures.empty() ? "its machine failed" : now.failures.front();
        before.failures = {
            fmt::format("it failed on a machine that others had before, and was not finished on a new one ({}):\n{}",
                        why.substr(0, why.find('\n')), failures)};
        return before;
    }
    now.verdict = Verdict::failed;
    now.failures = {"it passed on a new machine, but not on one that others had before:\n" + failures};
    now.asked = std::move(before.asked);
    now.journal = std::move(before.journal);
    now.console = std::move(before.console);
    return now;
}

}  // namespace

void ForkRunner::read(std::size_t scenario) {
    auto& worker = *jobs_[scenario].worker;
    for (auto& event : worker.read()) {
        rename(scenario, event);
        take(scenario, event);
        if (!jobs_[scenario].worker) return;
    }
    if (worker.ended()) gone(scenario);
}

void ForkRunner::rename(std::size_t scenario, ScenarioEvent& event) const {
    if (event.result.scenario == order(scenario).scenario) event.result.scenario = name(scenario);
}

void ForkRunner::take(std::size_t scenario, ScenarioEvent& event) {
    using Kind = ScenarioEvent::Kind;
    auto& job = jobs_[scenario];
    const bool named = event.kind == Kind::start || event.kind == Kind::end;
    if (named && event.result.scenario != name(scenario))
        throw TransportError(fmt::format("the scenarios program reports '{}', which was not asked for", event.result.scenario));
    switch (event.kind) {
        case Kind::prepared:
            refusedInARow_ = 0;
            job.memory = event.privateMemory;
            setStage(scenario, Stage::prepared);
            break;
        case Kind::connected: setStage(scenario, Stage::connected); break;
        case Kind::unprepared: unprepared(scenario, event.text, event.result.cause); break;
        case Kind::start:
            job.started = true;
            job.preparation = event.result.preparation;
            report_->started(name(scenario));
            break;
        case Kind::failing:
            job.failures = std::move(event.result.failures);
            answerFailing(scenario);
            break;
        case Kind::paused:
            options_.pause(name(scenario), event.text);
            job.worker->send({.kind = WorkerCommand::Kind::go});
            job.worker->restartClock();
            break;
        case Kind::end: takeEnd(scenario, std::move(event.result)); break;
        case Kind::reusable:
            if (!job.settled || !schedule_->reuses(scenario)) throw TransportError(name(scenario) + " has no fork for others");
            job.memory = event.privateMemory;
            learnFrom(scenario, event);
            setStage(scenario, Stage::reusable);
            if (!isSmall(scenario)) perform({Schedule::Step::end, scenario});
            break;
        case Kind::released:
            if (job.repeats) break;
            if (schedule_->stage(scenario) == Stage::running && !job.settled)
                return unprepared(scenario, "its machine was ended");
            // Otherwise known since it became reusable.
            if (!job.learned) learnFrom(scenario, event);
            setStage(scenario, Stage::gone);
            break;
        case Kind::done: break;
    }
}

void ForkRunner::answerFailing(std::size_t scenario) {
    auto& job = jobs_[scenario];
    if (job.reused) {
        // It runs again on a new fork, which is kept if it fails there.
        job.worker->send({.kind = WorkerCommand::Kind::discard});
    } else if (options_.pause) {
        job.worker->send({.kind = WorkerCommand::Kind::pause});
    } else if (options_.keep == 0) {
        job.worker->send({.kind = WorkerCommand::Kind::discard});
    } else if (kept_ >= options_.keep) {
        job.worker->send(
            {.kind = WorkerCommand::Kind::discard,
             .reason = fmt::format("{} of this run {} already; --keep N allows more", kept_, kept_ == 1 ? "is" : "are")});
    } else {
        ++kept_;
        job.keeping = true;
        job.worker->send({.kind = WorkerCommand::Kind::keep, .folder = options_.keptFolderOf(name(scenario))});
    }
}

void ForkRunner::takeEnd(std::size_t scenario, ScenarioResult result) {
    auto& job = jobs_[scenario];
    if (job.keeping && result.kept.empty()) --kept_;
    job.keeping = false;
    result.preparation = job.preparation;
    if (!isGreen(result) && mustRepeat(scenario, result)) return setStage(scenario, Stage::releasing);
    if (job.before && result.verdict != Verdict::failed) result = failedBefore(*job.before, std::move(result));
    if (result.verdict == Verdict::notRun) {
        report_->notRun(name(scenario), result.failures.empty() ? "its machine failed" : result.failures.front());
    } else {
        report_->ended(std::move(result));
    }
    settle(scenario);
    // After "reusable", which follows at once, another scenario can have the fork: until then, it takes the place of a running
    // one.
    if (!schedule_->reuses(scenario) || !isGreen(report_->results()[scenario])) setStage(scenario, Stage::releasing);
}

bool ForkRunner::mustRepeat(std::size_t scenario, ScenarioResult result) {
    auto& job = jobs_[scenario];
    if (!job.reused) return false;
    const bool failed = result.verdict == Verdict::failed;
    log_.line(fmt::format("{}: {} on a machine that others had before; running it on a new one", name(scenario),
                          failed ? "failed" : "not finished"));
    schedule_->needsNewFork(scenario);
    auto worker = std::move(job.worker);
    job = Job();
    job.worker = std::move(worker);
    job.repeats = true;
    if (failed) job.before = std::move(result);
    return true;
}

void ForkRunner::learnFrom(std::size_t scenario, const ScenarioEvent& event) {
    jobs_[scenario].learned = true;
    // A reused fork has grown: it tells nothing about new ones.
    if (!jobs_[scenario].reused) admission_.measured(event.privateMemory);
    // The connections used by a failed scenario are incomplete, so they are not learned.
    if (options_.connections && isGreen(report_->results()[scenario]))
        options_.connections->learn(order(scenario).scenario, event.connections);
}

void ForkRunner::gone(std::size_t scenario) {
    auto& job = jobs_[scenario];
    const auto stage = schedule_->stage(scenario);
    if (job.settled) {
        // The verdict stands, however the process ended; if it ended badly, the kept machine may be incomplete.
        if (stage != Stage::gone) log_.line(fmt::format("after {}: {}", name(scenario), job.worker->describeEnd()));
        job.worker.reset();
        setStage(scenario, Stage::gone);
        return;
    }
    if (job.repeats && stage == Stage::releasing) {
        job.worker.reset();
        return setStage(scenario, Stage::waiting);
    }
    const auto how = job.worker->describeEnd();
    if (stage == Stage::running && job.started) return abandon(scenario, how);
    unprepared(scenario, how);
}

void ForkRunner::unprepared(std::size_t scenario, const std::string& why, NotRunCause cause) {
    auto& job = jobs_[scenario];
    job.worker.reset();
    if (job.settled) {
        // The machine failed while no scenario had it.
        log_.line(fmt::format("after {}: {}", name(scenario), why));
        return setStage(scenario, Stage::gone);
    }
    if (job.started) return abandon(scenario, why);
    // A retry with another machine would not help, and other scenarios are not affected.
    const bool ownAffair = cause != NotRunCause::machine;
    if (job.tries < triesAtMost && !ownAffair) {
        log_.line(fmt::format("{}: no machine ({}); trying once more", name(scenario), why.substr(0, why.find('\n'))));
        setStage(scenario, Stage::waiting);
        return;
    }
    if (job.before) {
        report_->ended(failedBefore(*job.before, {.scenario = name(scenario), .claim = {}, .failures = {why}}));
    } else {
        report_->notRun(name(scenario), why, cause);
    }
    settle(scenario);
    setStage(scenario, Stage::gone);
    if (!ownAffair && ++refusedInARow_ >= refusedAtMost)
        throw GuestError("no machine could be had for two scenarios in a row: " + why);
}

void ForkRunner::abandon(std::size_t scenario, const std::string& why) {
    auto& job = jobs_[scenario];
    job.worker.reset();
    if (std::exchange(job.keeping, false)) --kept_;
    job.failures.push_back(why);
    if (mustRepeat(scenario, {.scenario = name(scenario), .claim = {}, .verdict = Verdict::failed, .failures = job.failures}))
        return setStage(scenario, Stage::waiting);
    report_->abandoned(name(scenario), fmt::format("{}", fmt::join(job.failures, "\n")));
    settle(scenario);
    setStage(scenario, Stage::gone);
}

void ForkRunner::settle(std::size_t scenario) {
    lastResult_ = std::chrono::steady_clock::now();
    jobs_[scenario].settled = true;
    const auto& result = report_->results()[scenario];
    estimate_->ended(name(scenario), lastResult_);
    // Not from a scenario on a machine that was changed for it.
    if (options_.durations && isGreen(result) && order(scenario).scenario == name(scenario))
        options_.durations->learn(name(scenario), result.duration);
    shown_->known(scenario, options_.lineOf ? options_.lineOf(result) : describe(result, options_.style));
}

void ForkRunner::stopAll(LastWords lastWords) {
    for (auto& job : jobs_)
        if (job.worker) job.worker->askToEnd();
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        auto& worker = jobs_[i].worker;
        if (!worker) continue;
        worker->terminate(timeToEnd);
        // Events sent before the end count, except failures: the termination may have caused them.
        try {
            pollfd readable{worker->eventsFd(), POLLIN, 0};
            while (lastWords == LastWords::believed && !worker->ended() && poll({&readable, 1}, Deadline::in({})))
                for (auto& event : worker->read()) {
                    rename(i, event);
                    if (event.kind == ScenarioEvent::Kind::start && event.result.scenario == name(i)) take(i, event);
                    if (event.kind == ScenarioEvent::Kind::end && event.result.verdict != Verdict::failed &&
                        event.result.verdict != Verdict::notRun && event.result.scenario == name(i))
                        takeEnd(i, std::move(event.result));
                }
        } catch (const Error&) {
            // The reason why the run ended is reported already; a broken last event adds nothing.
        }
        worker.reset();
    }
    // Those that failed on a reused fork, and were to run again.
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (!jobs_[i].before || jobs_[i].settled) continue;
        report_->ended(failedBefore(*jobs_[i].before, {.scenario = name(i), .claim = {}, .failures = {"the run ended before"}}));
        settle(i);
    }
}

}  // namespace boxtest
