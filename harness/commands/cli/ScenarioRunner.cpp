#include "cli/ScenarioRunner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Pidfd.hpp"
#include "base/Pipe.hpp"
#include "base/Poll.hpp"
#include "report/TerminalReport.hpp"
#include "worker/WorkerProcess.hpp"

namespace boxtest {

namespace {

FileDescriptor openOutput(const std::filesystem::path& file) {
    FileDescriptor output(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output) throw SystemError("cannot open '" + file.string() + "'", errno);
    return output;
}

}  // namespace

ScenarioRunner::ScenarioRunner(ScenarioRunnerOptions options, Log& log, const FailureLatch& failure)
    : options_(std::move(options)), log_(log), failure_(failure) {
    if (options_.qemuPid > 0) qemu_ = openPidfd(options_.qemuPid);
}

void ScenarioRunner::run(RunReport& report) {
    estimate_ = RunEstimate::of(report, options_.durations, std::chrono::steady_clock::now());
    for (auto left = report.remaining(); !left.empty(); left = report.remaining()) {
        std::string problem;
        try {
            problem = runWorker(report);
        } catch (const GuestError& error) {
            report.stopped(error.what());
            return;
        } catch (const InterruptedError& error) {
            report.stopped(error.what());
            return;
        } catch (const TransportError& error) {
            // The program broke the protocol: its events are unreliable.
            report.stopped(error.what());
            return;
        }
        if (!report.running().empty()) {
            const auto running = report.running().front();
            estimate_->ended(running, std::chrono::steady_clock::now());
            report.abandoned(running, problem.empty() ? "the scenarios program told no end of it" : problem);
            log_.line(fmt::format("{}  {}: {}", options_.style.bad("FAILED"), running, problem.substr(0, problem.find('\n'))));
        } else if (report.remaining().size() == left.size()) {
            report.stopped(problem.empty() ? "the scenarios program did not run them" : problem);
            return;
        }
    }
}

std::string ScenarioRunner::runWorker(RunReport& report) {
    auto [readEnd, writeEnd] = Pipe::make();
    const auto output = openOutput(options_.outputFile);
    const auto outputBegin = static_cast<std::size_t>(files::size(options_.outputFile));
    ProcessOptions processOptions;
    processOptions.outputTo = output.get();
    processOptions.errorTo = output.get();
    processOptions.keepOpen = {writeEnd.get()};
    processOptions.ownGroup = true;
    auto worker = Process::start({options_.program.string(), options_.machineOption, options_.machineFile.string(), "--events-fd",
                                  std::to_string(writeEnd.get()), "--attachments", options_.attachments.string(),
                                  "--gtest_color=no", fmt::format("--gtest_filter={}", fmt::join(report.remaining(), ":"))},
                                 processOptions);
    writeEnd.reset();

    EventStream events;
    done_ = ended_ = false;
    lastEvent_ = std::chrono::steady_clock::now();
    bool late = false;
    try {
        while (!ended_ && !late) {
            pollfd readable{readEnd.get(), POLLIN, 0};
            if (poll({&readable, 1}, Deadline::in(std::chrono::seconds(1)), &failure_))
                for (auto& event : readEvents(readEnd.get(), events)) take(report, event);
            late = std::chrono::steady_clock::now() - lastEvent_ > options_.scenarioLimit;
            showWait(report);
        }
        if (!late) {
            const auto status = worker.wait(Deadline::in(std::chrono::seconds(30)), &failure_);
            if (done_) return "";
            return fmt::format("the scenarios program {}\n{}", status.describe(),
                               lastLinesOf(options_.outputFile, outputBegin, 20));
        }
    } catch (const TimeoutError&) {
        late = true;
    } catch (...) {
        worker.signal(SIGKILL);
        takeLastEvents(report, readEnd.get(), events);
        throw;
    }
    worker.signal(SIGKILL);
    return fmt::format("it did not end within {} s, and was killed\n{}", options_.scenarioLimit.count(),
                       lastLinesOf(options_.outputFile, outputBegin, 20));
}

std::vector<ScenarioEvent> ScenarioRunner::readEvents(int fd, EventStream& events) {
    std::array<char, 65536> buffer{};
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) return {};
    if (got <= 0) {
        ended_ = true;
        return {};
    }
    lastEvent_ = std::chrono::steady_clock::now();
    return events.feed({buffer.data(), static_cast<std::size_t>(got)});
}

void ScenarioRunner::take(RunReport& report, ScenarioEvent& event) {
    switch (event.kind) {
        case ScenarioEvent::Kind::start:
            report.started(event.result.scenario);
            estimate_->started(event.result.scenario, lastEvent_);
            report.timeLine().enter(event.result.scenario, TimeLine::Phase::running);
            break;
        case ScenarioEvent::Kind::end:
            if (event.result.verdict == Verdict::failed) blameMachineIfDead();
            log_.line(describe(event.result, options_.style));
            report.timeLine().leave(event.result.scenario);
            estimate_->ended(event.result.scenario, lastEvent_);
            if (options_.durations && isGreen(event.result))
                options_.durations->learn(event.result.scenario, event.result.duration);
            report.ended(std::move(event.result));
            break;
        case ScenarioEvent::Kind::done: done_ = true; break;
        default: break;  // Only workers send the other events.
    }
}

void ScenarioRunner::takeLastEvents(RunReport& report, int fd, EventStream& events) noexcept {
    try {
        pollfd readable{fd, POLLIN, 0};
        while (!ended_ && poll({&readable, 1}, Deadline::in({}))) {
            for (auto& event : readEvents(fd, events)) {
                if (event.kind == ScenarioEvent::Kind::end && event.result.verdict == Verdict::failed) return;
                take(report, event);
            }
        }
    } catch (const Error&) {
        // The reason why the run ended is reported already; a broken last event adds nothing.
    }
}

void ScenarioRunner::blameMachineIfDead() {
    // QEMU's sockets close shortly before its exit is visible; then some time is needed until its last output has been read.
    pollfd ended{qemu_.get(), POLLIN, 0};
    if (!poll({&ended, 1}, Deadline::in(std::chrono::milliseconds(250)), &failure_)) return;
    poll({}, Deadline::in(std::chrono::seconds(15)), &failure_);
    throw GuestError("QEMU has ended");
}

void ScenarioRunner::showWait(const RunReport& report) {
    const auto all = report.results().size();
    const auto what = !report.running().empty() ? report.running().front() : std::string("the scenarios program");
    const auto now = std::chrono::steady_clock::now();
    const auto at = std::min(all - report.remaining().size() + 1, all);
    log_.waiting(fmt::format("scenario {} of {}{}: {}", at, all, estimate_->describe(now), what), now - lastEvent_);
}

}  // namespace boxtest
