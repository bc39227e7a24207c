#include "Worker.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "AskGuard.hpp"
#include "DeclaredAsks.hpp"
#include "FailureKeeper.hpp"
#include "LookAround.hpp"
#include "Scenario.hpp"
#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Interruption.hpp"
#include "worker/ChangeError.hpp"

namespace boxtest {

namespace {

constexpr auto prepareBudget = std::chrono::minutes(2);
constexpr auto connectBudget = std::chrono::minutes(2);
constexpr auto runBudget = std::chrono::minutes(2);
/// As long as the next scenario usually takes to be chosen.
constexpr auto idleBudget = std::chrono::milliseconds(300);
constexpr int noMachine = 3;

/// Appends this process's output to another file from now on. Throws SystemError.
void redirectOutput(const std::filesystem::path& file) {
    const FileDescriptor output(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output) throw SystemError("cannot open '" + file.string() + "'", errno);
    std::fflush(stdout);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
        if (::dup2(output.get(), fd) < 0) throw SystemError("cannot write to '" + file.string() + "'", errno);
}

/// Adds its lifetime to a sum.
class Stopwatch {
   public:
    explicit Stopwatch(std::chrono::duration<double>& sum) : sum_(sum) {}
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;
    ~Stopwatch() { sum_ += std::chrono::steady_clock::now() - begun_; }

   private:
    std::chrono::duration<double>& sum_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

Worker::Worker(MachineSource& source, Options options, Log& log)
    : options_(std::move(options)),
      log_(log),
      events_(new EventWriter(options_.eventsFd)),
      commands_(options_.commandsFd),
      machines_(source, log, options_.manifestOf) {
    testing::UnitTest::GetInstance()->listeners().Append(events_);
}

int Worker::run() {
    Interruption interruption;
    try {
        {
            const Stopwatch watch(preparation_);
            const auto handling = interruption.handleBy(machines_.failure());
            machines_.prepare(Deadline::in(prepareBudget));
        }
        // The signal may come at any point of the scenario: end at once what must not outlive the process; the end of the process
        // does the rest.
        const auto handling = interruption.handle([&machine = machines_.machine()](int) {
            machine.endAtOnce();
            std::_Exit(130);
        });
        events_->prepared(privateMemory());
        if (!waitForTurn()) return 0;
        return runScenarios();
    } catch (const ChangeError& error) {
        return unprepared(error, error.cause(), interruption);
    } catch (const Error& error) {
        return unprepared(error, NotRunCause::machine, interruption);
    }
}

int Worker::unprepared(const Error& error, NotRunCause cause, const Interruption& interruption) {
    if (interruption.signal()) return 130;
    log_.line(std::string("no machine for this scenario: ") + error.what());
    events_->unprepared(error.what(), cause);
    return noMachine;
}

bool Worker::waitForTurn() {
    using Kind = WorkerCommand::Kind;
    for (;;) {
        const auto command = commands_.next(Deadline::never(), &machines_.machine().failure());
        if (!command || command->kind == Kind::end) return false;
        const Stopwatch watch(preparation_);
        if (command->kind == Kind::run) {
            machines_.run(command->connections, Deadline::in(runBudget));
            return true;
        }
        if (command->kind != Kind::connect) throw TransportError("boxtest run gave a command out of turn");
        machines_.connectAhead(command->connections, Deadline::in(connectBudget));
        events_->connected();
    }
}

std::optional<WorkerCommand> Worker::nextOrder() {
    events_->reusable(privateMemory(), machines_.guest().takeUsed());
    std::optional<WorkerCommand> command;
    try {
        command = commands_.next(Deadline::in(idleBudget), &machines_.machine().failure());
    } catch (const TimeoutError&) {
        machines_.machine().pause(Deadline::in(runBudget));
        paused_ = true;
        command = commands_.next(Deadline::never(), &machines_.machine().failure());
    }
    if (!command || command->kind == WorkerCommand::Kind::end) return std::nullopt;
    if (command->kind != WorkerCommand::Kind::next) throw TransportError("boxtest run gave a command out of turn");
    return command;
}

void Worker::begin(const WorkerCommand& next) {
    preparation_ = {};
    const Stopwatch watch(preparation_);
    redirectOutput(next.output);
    log_.line(fmt::format("{} runs on the machine of {}", next.scenario, fmt::join(before_, ", ")));
    if (std::exchange(paused_, false)) machines_.run(next.connections, Deadline::in(runBudget));
    machines_.guest().takeUsed();
}

int Worker::runScenarios() {
    Scenario::use(
        machines_.guest(), [this]() -> RunningGuest& { return machines_.neighbour(); }, [this] { machines_.reboot(); });
    // After the listener that reports results: end events are delivered in reverse order, so this one gets them first.
    if (Scenario::checksEffects()) {
        // This request is the harness's own, not one of the first scenario.
        if (DeclaredAsks::of(options_.scenario, machines_.guest().manifest())) machines_.guest().python();
        testing::UnitTest::GetInstance()->listeners().Append(new AskGuard(machines_.guest().manifest(), AskGuard::Mode::equal));
    }
    auto* keeper = new FailureKeeper(machines_, *events_, commands_, before_);
    testing::UnitTest::GetInstance()->listeners().Append(keeper);
    events_->lookAround([this] { return lookAround(machines_.guest(), machines_.machine().info().console()); });
    events_->conceal(Concealment::of(machines_.guest().manifest()));
    // Resets the record: connections opened ahead count only when the scenario uses them.
    machines_.guest().takeUsed();
    events_->holdDone();
    int failed = runScenario(options_.scenario);
    while (failed == 0 && options_.reuse) {
        const auto next = nextOrder();
        if (!next) break;
        begin(*next);
        failed = runScenario(next->scenario);
    }
    const auto memory = privateMemory();
    const auto kept = keeper->kept();
    machines_.stop();
    events_->released(memory, machines_.guest().takeUsed());
    if (!kept.empty() && options_.pack) {
        try {
            options_.pack(kept);
        } catch (const Error& error) {
            log_.line(std::string("cannot pack what was kept: ") + error.what());
        }
    }
    events_->done();
    return failed == 0 ? 0 : 1;
}

int Worker::runScenario(const std::string& scenario) {
    events_->setPreparation(preparation_);
    testing::GTEST_FLAG(filter) = scenario;
    // GoogleTest itself runs all tests again and again for --gtest_repeat, and selects them each time.
    const int failed = RUN_ALL_TESTS() == 0 ? 0 : 1;
    before_.push_back(scenario);
    return failed;
}

std::uint64_t Worker::privateMemory() {
    try {
        return machines_.machine().privateMemory();
    } catch (const Error&) {
        return 0;
    }
}

}  // namespace boxtest
