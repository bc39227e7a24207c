#include "schedule/ForkRunner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest {

namespace {

using Stage = Schedule::Stage;

constexpr std::uint64_t reservedMemory = std::uint64_t{256} << 20;
constexpr auto goodbye = std::chrono::seconds(3);
/// One retry with a second fork is useful, a third fork is not. When two scenarios in a row get no machine, the run ends.
constexpr unsigned triesAtMost = 2;
constexpr std::size_t refusedAtMost = 2;
/// Forks created ahead of their turn: while a few long scenarios run, forks for the many short ones after them can be created. A
/// stopped fork costs memory only, and the admission checks memory.
constexpr std::size_t aheadPerCore = 2;

/// The time line's phase; nullopt for a scenario without a machine.
std::optional<TimeLine::Phase> phaseOf(Stage stage) {
    using Phase = TimeLine::Phase;
    switch (stage) {
        case Stage::preparing: return Phase::fork;
        case Stage::prepared:
        case Stage::connected: return Phase::waiting;
        case Stage::connecting: return Phase::connecting;
        case Stage::running: return Phase::running;
        case Stage::releasing: return Phase::ending;
        case Stage::waiting:
        case Stage::gone: break;
    }
    return std::nullopt;
}

bool hasBegun(Stage stage) { return stage == Stage::running; }
bool holdsMemory(Stage stage) { return stage != Stage::waiting && stage != Stage::gone; }

std::string megabytes(std::uint64_t bytes) { return fmt::format("{} MB", bytes / 1'000'000); }

}  // namespace

ForkRunner::ForkRunner(ForkRunnerOptions options, Log& log, const FailureLatch& failure)
    : options_(std::move(options)),
      log_(log),
      failure_(failure),
      admission_(options_.forkMemory, options_.memoryLimit > 0 ? 0 : reservedMemory) {}

void ForkRunner::run(RunReport& report) {
    report_ = &report;
    const auto count = report.results().size();
    schedule_.emplace(count);
    shown_.emplace(count, [&](const std::string& line) {
        if (!line.empty()) log_.line(line);
    });
    jobs_.resize(count);
    lastResult_ = std::chrono::steady_clock::now();
    try {
        loop();
    } catch (const GuestError& error) {
        stopAll(LastWords::believed);
        report.stopped(error.what());
    } catch (const InterruptedError& error) {
        stopAll(LastWords::believed);
        report.stopped(error.what());
    } catch (const TransportError& error) {
        // A worker broke the protocol: its events are unreliable, and all workers are the same program.
        stopAll(LastWords::ignored);
        report.stopped(error.what());
    } catch (...) {
        stopAll(LastWords::believed);
        throw;
    }
    shown_->finish();
}

void ForkRunner::setStage(std::size_t scenario, Stage stage) {
    schedule_->set(scenario, stage);
    if (const auto phase = phaseOf(stage)) {
        report_->timeLine().enter(name(scenario), *phase);
    } else {
        report_->timeLine().leave(name(scenario));
    }
}

void ForkRunner::loop() {
    const auto working = [&] {
        return std::any_of(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.worker != nullptr; });
    };
    while (!schedule_->done() || working()) {
        startWhatIsDue();
        waitForEvents();
        killLate();
        showWait();
    }
}

void ForkRunner::startWhatIsDue() {
    while (const auto action = schedule_->next(room())) perform(*action);
}

Schedule::Room ForkRunner::room() {
    try {
        load_.sample(readWholeFile("/proc/stat"), std::chrono::steady_clock::now());
    } catch (const SystemError&) {
        // Without a sample, nothing runs ahead of its turn.
    }
    return {.jobs = options_.jobs,
            .ahead = options_.ahead > 0 ? options_.ahead : aheadPerCore * host_.cores(),
            .memory = hasMemory(),
            .connecting = connectingAhead()};
}

std::size_t ForkRunner::connectingAhead() const {
    // A running fork keeps about one core busy. The load of other programs is visible only in the idle time.
    const std::size_t cores = host_.cores(), running = schedule_->count(Stage::running);
    return std::max<std::size_t>(cores - std::min(cores, running), load_.allowsWorkAhead() ? 1 : 0);
}

bool ForkRunner::hasMemory() {
    std::vector<std::uint64_t> alive;
    std::uint64_t used = 0;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (!holdsMemory(schedule_->stage(i))) continue;
        alive.push_back(jobs_[i].memory);
        used += jobs_[i].memory;
    }
    auto available = host_.availableMemory();
    if (options_.memoryLimit > 0) available = std::min(available, options_.memoryLimit - std::min(options_.memoryLimit, used));
    const bool admits = admission_.admits(available, alive);
    if (!admits && !saidMemory_ && schedule_->wantsFork(options_.jobs)) {
        saidMemory_ = true;
        log_.line(fmt::format(
            "memory for {} fork{} at a time only ({} available, {} a fork): fewer than -j{} scenarios run at once", alive.size(),
            alive.size() == 1 ? "" : "s", megabytes(available), megabytes(admission_.expected()), options_.jobs));
    }
    return admits;
}

void ForkRunner::perform(const Schedule::Action& action) {
    auto& job = jobs_[action.scenario];
    switch (action.step) {
        case Schedule::Step::prepare: {
            const auto what = order(action.scenario);
            ++job.tries;
            job.memory = 0;
            job.worker =
                std::make_unique<WorkerProcess>(WorkerProcess::Options{.program = options_.program,
                                                                       .templateFolder = options_.templateFolder,
                                                                       .scenario = what.scenario,
                                                                       .outputFile = options_.outputOf(name(action.scenario)),
                                                                       .attachments = options_.attachments,
                                                                       .more = what.more});
            setStage(action.scenario, Stage::preparing);
            return;
        }
        case Schedule::Step::connect:
            job.worker->send({.kind = WorkerCommand::Kind::connect, .connections = connectionsTo(action.scenario)});
            setStage(action.scenario, Stage::connecting);
            break;
        case Schedule::Step::run:
            job.worker->send({.kind = WorkerCommand::Kind::run, .connections = connectionsTo(action.scenario)});
            setStage(action.scenario, Stage::running);
            break;
    }
    job.worker->restartClock();
}

GuestConnections ForkRunner::connectionsTo(std::size_t scenario) const {
    return options_.connections ? options_.connections->of(order(scenario).scenario) : ConnectionHistory::ofMost();
}

void ForkRunner::waitForEvents() {
    std::vector<pollfd> waiting;
    std::vector<std::size_t> whose;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (!jobs_[i].worker) continue;
        waiting.push_back({jobs_[i].worker->eventsFd(), POLLIN, 0});
        whose.push_back(i);
    }
    if (!poll(waiting, Deadline::in(std::chrono::seconds(1)), &failure_)) return;
    for (std::size_t i = 0; i < waiting.size(); ++i)
        if (waiting[i].revents != 0) read(whose[i]);
}

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
        case Kind::released:
            admission_.measured(event.privateMemory);
            // The connections used by a failed scenario are incomplete, so they are not learned.
            if (options_.connections && isGreen(report_->results()[scenario]))
                options_.connections->learn(order(scenario).scenario, event.connections);
            setStage(scenario, Stage::gone);
            break;
        case Kind::done: break;
    }
}

void ForkRunner::answerFailing(std::size_t scenario) {
    auto& job = jobs_[scenario];
    if (options_.pause) {
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
    if (result.verdict == Verdict::notRun) {
        report_->notRun(name(scenario), result.failures.empty() ? "its machine failed" : result.failures.front());
    } else {
        report_->ended(std::move(result));
    }
    settle(scenario);
    setStage(scenario, Stage::releasing);
}

void ForkRunner::gone(std::size_t scenario) {
    auto& job = jobs_[scenario];
    const auto stage = schedule_->stage(scenario);
    if (stage == Stage::releasing || stage == Stage::gone) {
        // The verdict stands, however the process ended; if it ended badly, the kept machine may be incomplete.
        if (stage == Stage::releasing) log_.line(fmt::format("after {}: {}", name(scenario), job.worker->describeEnd()));
        job.worker.reset();
        setStage(scenario, Stage::gone);
        return;
    }
    const auto how = job.worker->describeEnd();
    if (hasBegun(stage) && job.started) return abandon(scenario, how);
    unprepared(scenario, how);
}

void ForkRunner::unprepared(std::size_t scenario, const std::string& why, NotRunCause cause) {
    auto& job = jobs_[scenario];
    job.worker.reset();
    if (job.started) return abandon(scenario, why);
    // A retry with another machine would not help, and other scenarios are not affected.
    const bool ownAffair = cause != NotRunCause::machine;
    if (job.tries < triesAtMost && !ownAffair) {
        log_.line(fmt::format("{}: no machine ({}); trying once more", name(scenario), why.substr(0, why.find('\n'))));
        setStage(scenario, Stage::waiting);
        return;
    }
    report_->notRun(name(scenario), why, cause);
    settle(scenario);
    setStage(scenario, Stage::gone);
    if (!ownAffair && ++refusedInARow_ >= refusedAtMost)
        throw GuestError("no machine could be had for two scenarios in a row: " + why);
}

void ForkRunner::killLate() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        auto& worker = jobs_[i].worker;
        if (!worker) continue;
        const auto stage = schedule_->stage(i);
        if (stage == Stage::prepared || stage == Stage::connected) continue;
        const bool running = hasBegun(stage);
        const auto limit = running ? options_.scenarioLimit : options_.preparationLimit;
        if (std::chrono::steady_clock::now() - worker->lastEvent() <= limit) continue;
        const auto why = fmt::format("it did not end within {} s, and was killed\n{}", limit.count(), worker->lastLines());
        worker->terminate(goodbye);
        if (running && jobs_[i].started) {
            abandon(i, why);
        } else if (stage == Stage::releasing || stage == Stage::gone) {
            log_.line(fmt::format("after {}: {}", name(i), why));
            worker.reset();
            setStage(i, Stage::gone);
        } else {
            unprepared(i, why);
        }
    }
}

void ForkRunner::abandon(std::size_t scenario, const std::string& why) {
    auto& job = jobs_[scenario];
    job.worker.reset();
    if (std::exchange(job.keeping, false)) --kept_;
    job.failures.push_back(why);
    report_->abandoned(name(scenario), fmt::format("{}", fmt::join(job.failures, "\n")));
    settle(scenario);
    setStage(scenario, Stage::gone);
}

void ForkRunner::settle(std::size_t scenario) {
    lastResult_ = std::chrono::steady_clock::now();
    const auto& result = report_->results()[scenario];
    shown_->known(scenario, options_.lineOf ? options_.lineOf(result) : describe(result, options_.style));
}

void ForkRunner::stopAll(LastWords lastWords) {
    for (auto& job : jobs_)
        if (job.worker) job.worker->askToEnd();
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        auto& worker = jobs_[i].worker;
        if (!worker) continue;
        worker->terminate(goodbye);
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
}

void ForkRunner::showWait() {
    std::vector<std::string> running;
    std::size_t known = 0, finishing = 0;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        const auto stage = schedule_->stage(i);
        if (hasBegun(stage)) running.push_back(name(i));
        known += stage == Stage::releasing || stage == Stage::gone ? 1U : 0U;
        finishing += jobs_[i].worker && (stage == Stage::releasing || stage == Stage::gone) ? 1U : 0U;
    }
    auto what = !running.empty()                         ? fmt::format("{}", fmt::join(running, ", "))
                : known == jobs_.size() && finishing > 0 ? std::string("kept machines to be packed")
                                                         : std::string("a fork");
    log_.waiting(fmt::format("{} ({} of {} done)", what, known, jobs_.size()), std::chrono::steady_clock::now() - lastResult_);
}

}  // namespace boxtest
