#include "Worker.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "AskGuard.hpp"
#include "DeclaredAsks.hpp"
#include "FailureKeeper.hpp"
#include "LookAround.hpp"
#include "Scenario.hpp"
#include "base/Error.hpp"
#include "base/Interruption.hpp"
#include "worker/ChangeError.hpp"

namespace boxtest {

namespace {

constexpr auto prepareBudget = std::chrono::minutes(2);
constexpr auto connectBudget = std::chrono::minutes(2);
constexpr auto runBudget = std::chrono::minutes(2);
constexpr int noMachine = 3;

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
        return runScenario();
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

int Worker::runScenario() {
    Scenario::use(
        machines_.guest(), [this]() -> RunningGuest& { return machines_.neighbour(); }, [this] { machines_.reboot(); });
    testing::GTEST_FLAG(filter) = options_.scenario;
    // After the listener that reports results: end events are delivered in reverse order, so this one gets them first.
    if (Scenario::checksEffects()) {
        // This request is the harness's own, not one of the first scenario.
        if (DeclaredAsks::of(options_.scenario, machines_.guest().manifest())) machines_.guest().python();
        testing::UnitTest::GetInstance()->listeners().Append(new AskGuard(machines_.guest().manifest(), AskGuard::Mode::equal));
    }
    auto* keeper = new FailureKeeper(machines_, *events_, commands_);
    testing::UnitTest::GetInstance()->listeners().Append(keeper);
    events_->lookAround([this] { return lookAround(machines_.guest(), machines_.machine().info().console()); });
    events_->conceal(Concealment::of(machines_.guest().manifest()));
    events_->setPreparation(preparation_);
    // Resets the record: connections opened ahead count only when the scenario uses them.
    machines_.guest().takeUsed();
    events_->holdDone();
    const int failed = RUN_ALL_TESTS();
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

std::uint64_t Worker::privateMemory() {
    try {
        return machines_.machine().privateMemory();
    } catch (const Error&) {
        return 0;
    }
}

}  // namespace boxtest
