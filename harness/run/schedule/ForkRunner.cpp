#include "schedule/ForkRunner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "report/Attachments.hpp"

namespace boxtest {

namespace {

using Stage = Schedule::Stage;

constexpr std::uint64_t reservedMemory = std::uint64_t{256} << 20;
/// Forks created ahead of their turn: while a few long scenarios run, forks for the many short ones after them can be created. A
/// stopped fork costs memory only, and the admission checks memory.
constexpr std::size_t aheadPerCore = 2;

/// The time line's phase; nullopt for a scenario without a machine.
std::optional<TimeLine::Phase> phaseOf(Stage stage) {
    using Phase = TimeLine::Phase;
    switch (stage) {
        case Stage::preparing: return Phase::fork;
        case Stage::prepared:
        case Stage::connected:
        case Stage::reusable: return Phase::waiting;
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
      host_(options_.host),
      admission_(options_.forkMemory, options_.memoryLimit > 0 ? 0 : reservedMemory) {}

void ForkRunner::run(RunReport& report) {
    report_ = &report;
    const auto count = report.results().size();
    std::vector<bool> reusing(count);
    for (std::size_t i = 0; i < count; ++i) reusing[i] = options_.reuses && options_.reuses(name(i));
    // Nobody would take over their forks: so they have the CPUs that a fork for one scenario has, and end at once.
    if (!reusesForks(static_cast<std::size_t>(std::count(reusing.begin(), reusing.end(), true)), options_.jobs))
        reusing.assign(count, false);
    schedule_.emplace(count, std::move(reusing));
    shown_.emplace(count, [&](const std::string& line) {
        if (!line.empty()) log_.line(line);
    });
    jobs_.resize(count);
    lastResult_ = std::chrono::steady_clock::now();
    estimate_ = RunEstimate::of(report, options_.durations, lastResult_, [&](const std::string& planned) {
        return options_.orderOf ? options_.orderOf(planned).scenario : planned;
    });
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
    if (stage == Stage::running) estimate_->started(name(scenario), std::chrono::steady_clock::now());
    if (stage == Stage::waiting) estimate_->stopped(name(scenario));
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

bool ForkRunner::isSmall(std::size_t scenario) const {
    if (options_.memoryLimit > 0) return jobs_[scenario].memory <= options_.memoryLimit / options_.jobs;
    // The next scenario may need as much more as on a new fork.
    return host_.availableMemory() >= reservedMemory + options_.forkMemory;
}

void ForkRunner::perform(const Schedule::Action& action) {
    auto& job = jobs_[action.scenario];
    switch (action.step) {
        case Schedule::Step::prepare: return startWorker(action.scenario);
        case Schedule::Step::connect:
            job.worker->send({.kind = WorkerCommand::Kind::connect, .connections = connectionsTo(action.scenario)});
            setStage(action.scenario, Stage::connecting);
            break;
        case Schedule::Step::run:
            if (action.from) return takeOver(action.scenario, *action.from);
            job.worker->send({.kind = WorkerCommand::Kind::run, .connections = connectionsTo(action.scenario)});
            setStage(action.scenario, Stage::running);
            break;
        case Schedule::Step::end:
            job.worker->send({.kind = WorkerCommand::Kind::end});
            setStage(action.scenario, Stage::releasing);
            break;
    }
    job.worker->restartClock();
}

void ForkRunner::startWorker(std::size_t scenario) {
    auto& job = jobs_[scenario];
    auto what = order(scenario);
    if (schedule_->reuses(scenario)) what.more.emplace_back("--reuse");
    ++job.tries;
    job.memory = 0;
    job.reused = false;
    // It attaches the same names once more.
    if (std::exchange(job.repeats, false) && !options_.attachments.empty())
        Attachments(options_.attachments).remove(what.scenario);
    job.worker = std::make_unique<WorkerProcess>(WorkerProcess::Options{.program = options_.program,
                                                                        .templateFolder = options_.templateFolder,
                                                                        .scenario = what.scenario,
                                                                        .outputFile = options_.outputOf(name(scenario)),
                                                                        .attachments = options_.attachments,
                                                                        .more = what.more});
    setStage(scenario, Stage::preparing);
}

void ForkRunner::takeOver(std::size_t scenario, std::size_t from) {
    auto& job = jobs_[scenario];
    job.reused = true;
    job.memory = jobs_[from].memory;
    job.worker = std::move(jobs_[from].worker);
    setStage(from, Stage::gone);
    setStage(scenario, Stage::running);
    job.worker->handOver({.kind = WorkerCommand::Kind::next,
                          .connections = connectionsTo(scenario),
                          .scenario = order(scenario).scenario,
                          .output = options_.outputOf(name(scenario))});
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

void ForkRunner::killLate() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        auto& worker = jobs_[i].worker;
        if (!worker) continue;
        const auto stage = schedule_->stage(i);
        if (stage == Stage::prepared || stage == Stage::connected || stage == Stage::reusable) continue;
        const bool running = hasBegun(stage);
        const auto limit = running ? options_.scenarioLimit : options_.preparationLimit;
        if (std::chrono::steady_clock::now() - worker->lastEvent() <= limit) continue;
        const auto why = fmt::format("it did not end within {} s, and was killed\n{}", limit.count(), worker->lastLines());
        worker->terminate(timeToEnd);
        if (running && jobs_[i].started && !jobs_[i].settled) {
            abandon(i, why);
        } else if (jobs_[i].settled) {
            log_.line(fmt::format("after {}: {}", name(i), why));
            worker.reset();
            setStage(i, Stage::gone);
        } else {
            unprepared(i, why);
        }
    }
}

void ForkRunner::showWait() {
    std::vector<std::string> running;
    std::size_t known = 0, finishing = 0;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        const auto stage = schedule_->stage(i);
        if (hasBegun(stage)) running.push_back(name(i));
        known += jobs_[i].settled ? 1U : 0U;
        finishing += jobs_[i].worker && jobs_[i].settled ? 1U : 0U;
    }
    auto what = !running.empty()                         ? fmt::format("{}", fmt::join(running, ", "))
                : known == jobs_.size() && finishing > 0 ? std::string("kept machines to be packed")
                                                         : std::string("a fork");
    const auto now = std::chrono::steady_clock::now();
    // With a pause, the rest depends on the user.
    const auto rest = options_.pause ? "" : estimate_->describe(now);
    // The names may be too long for a terminal's line, so they are last.
    log_.waiting(fmt::format("the rest ({} of {} done{}): {}", known, jobs_.size(), rest, what), now - lastResult_);
}

}  // namespace boxtest
