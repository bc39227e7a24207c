#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "Deadlines.hpp"
#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Poll.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "worker/EventStream.hpp"
#include "worker/WorkerCommand.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using Command = WorkerCommand::Kind;
using Event = ScenarioEvent::Kind;

/// Runs the real worker, in a separate process, with test scenarios and fake machines (tests/fake-worker).
class WorkerTest : public testing::Test {
   protected:
    void start(const std::string& scenario, const std::string& behaviour = "", const std::vector<std::string>& more = {}) {
        auto [itsCommands, ourCommands] = makePipe();
        auto [ourEvents, itsEvents] = makePipe();
        ProcessOptions options;
        options.keepOpen = {itsCommands.get(), itsEvents.get()};
        options.output = options.error = Stream::null;
        options.environment = {{"FAKE_WORKER_TRACE", (folder_.path() / "trace").string()}, {"FAKE_WORKER", behaviour}};
        std::vector<std::string> words{paths::fakeWorker,
                                       "--scenario",
                                       scenario,
                                       "--events-fd",
                                       std::to_string(itsEvents.get()),
                                       "--commands-fd",
                                       std::to_string(itsCommands.get()),
                                       "--attachments",
                                       (folder_.path() / "attachments").string()};
        words.insert(words.end(), more.begin(), more.end());
        worker_.emplace(Process::start(words, options));
        stream_ = {};
        ahead_.clear();
        commands_ = std::move(ourCommands);
        events_ = std::move(ourEvents);
    }

    void send(const WorkerCommand& command) {
        const auto line = command.line();
        ASSERT_EQ(::write(commands_.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
    }

    /// Returns the next event, which must be of this kind.
    ScenarioEvent expect(Event kind) {
        while (ahead_.empty()) {
            waitFor(events_.get(), POLLIN, soon(), "an event");
            std::array<char, 4096> buffer{};
            const auto got = ::read(events_.get(), buffer.data(), buffer.size());
            if (got <= 0) throw TransportError("the worker tells no more");
            ahead_ = stream_.feed({buffer.data(), static_cast<std::size_t>(got)});
        }
        auto event = ahead_.front();
        ahead_.erase(ahead_.begin());
        EXPECT_EQ(event.kind, kind) << event.text << trace();
        return event;
    }

    /// Runs the scenario up to its first failure, for which the worker waits for a command.
    ScenarioEvent untilFailing(const std::string& scenario, const std::string& behaviour = "",
                               const std::vector<std::string>& more = {}) {
        start(scenario, behaviour, more);
        expect(Event::prepared);
        send({.kind = Command::run});
        expect(Event::start);
        return expect(Event::failing);
    }

    /// Expects that the scenario passes, and that its worker ends with status 0.
    void passes(const std::string& scenario, const std::string& behaviour = "", const std::vector<std::string>& more = {}) {
        start(scenario, behaviour, more);
        expect(Event::prepared);
        send({.kind = Command::run});
        expect(Event::start);
        EXPECT_EQ(expect(Event::end).result.verdict, Verdict::passed);
        EXPECT_EQ(exitCode(), 0);
    }

    /// Expects that the scenario passes, and that its machine is offered to another one.
    void passesAndOffers(const std::string& scenario) {
        start(scenario, "", {"--reuse"});
        expect(Event::prepared);
        send({.kind = Command::run});
        expect(Event::start);
        EXPECT_EQ(expect(Event::end).result.verdict, Verdict::passed);
        EXPECT_EQ(expect(Event::reusable).privateMemory, 12345U);
    }

    int exitCode() { return worker_->wait(soon()).code.value_or(-1); }

    std::string trace() const {
        std::ostringstream text;
        text << std::ifstream(folder_.path() / "trace").rdbuf();
        return text.str();
    }

    TemporaryFolder folder_{"worker"};
    std::optional<Process> worker_;
    FileDescriptor commands_, events_;

   private:
    static std::pair<FileDescriptor, FileDescriptor> makePipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
    }
    EventStream stream_;
    std::vector<ScenarioEvent> ahead_;
};

TEST_F(WorkerTest, RunsItsScenarioWhenItsTurnHasCome) {
    start("Body.Passes");
    EXPECT_EQ(expect(Event::prepared).privateMemory, 12345U);
    EXPECT_EQ(trace(), "machine1 prepared\n") << "its CPUs do not run before";
    send({.kind = Command::run});
    const auto begin = expect(Event::start);
    EXPECT_EQ(begin.result.scenario, "Body.Passes");
    EXPECT_GT(begin.result.preparation.count(), 0.0);
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.verdict, Verdict::passed);
    EXPECT_EQ(end.result.kept, "");
    EXPECT_EQ(expect(Event::released).privateMemory, 12345U);
    expect(Event::done);
    EXPECT_EQ(exitCode(), 0);
    EXPECT_EQ(trace(), "machine1 prepared\nmachine1 run\nbody ran\nlocal destroyed\ntorn down\nmachine1 stopped\n");
}

TEST_F(WorkerTest, TellsAKnownGapWithWhatWasRecordedAndAttached) {
    start("Body.ShowsAKnownGap");
    expect(Event::prepared);
    send({.kind = Command::run});
    expect(Event::start);
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.verdict, Verdict::knownGap);
    EXPECT_EQ(end.result.gap, "She may do it.");
    EXPECT_THAT(end.result.records,
                ElementsAre(Pair("exposure postgresql.service", "0.4"), Pair("name", "GoogleTest has a key of this name")));
    EXPECT_EQ(readWholeFile(folder_.path() / "attachments" / "Body.ShowsAKnownGap" / "matrix.txt"), "a b\n");
    EXPECT_EQ(exitCode(), 0);
}

TEST_F(WorkerTest, WhatIsAttachedHasNoPasswordOfTheGuest) {
    const auto secret = folder_.path() / "secret";
    writeFileAtomically(secret, "correcthorse\n", 0600);
    start("Body.ShowsAKnownGap", "secret=" + secret.string());
    expect(Event::prepared);
    send({.kind = Command::run});
    expect(Event::start);
    expect(Event::end);
    EXPECT_EQ(readWholeFile(folder_.path() / "attachments" / "Body.ShowsAKnownGap" / "matrix.txt"), "a [password] b\n");
    EXPECT_EQ(exitCode(), 0);
}

TEST_F(WorkerTest, AKnownGapThatIsGoneIsAFailure) {
    untilFailing("Body.ShowsAKnownGap", "gap-is-gone");
    send({.kind = Command::discard});
    EXPECT_EQ(expect(Event::end).result.verdict, Verdict::failed);
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, AnAttachmentWithAPathForANameIsAFailure) {
    EXPECT_THAT(untilFailing("Body.AttachesOutsideOfItsFolder").result.failures,
                ElementsAre(HasSubstr("Body.AttachesOutsideOfItsFolder cannot attach '../evil'")));
    send({.kind = Command::discard});
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, ConnectsAheadAndStopsAgain) {
    start("Body.Passes");
    expect(Event::prepared);
    send({.kind = Command::connect});
    expect(Event::connected);
    EXPECT_EQ(trace(), "machine1 prepared\nmachine1 run\nmachine1 paused\n");
    send({.kind = Command::run});
    expect(Event::start);
    EXPECT_EQ(expect(Event::end).result.verdict, Verdict::passed);
}

TEST_F(WorkerTest, ItsMachineIsForOthersWhenItsScenarioHasPassed) {
    const auto output = folder_.path() / "second.log";
    passesAndOffers("Body.ReadsAsItDeclares");
    send({.kind = Command::next, .scenario = "Body.ReadsAndSays", .output = output});
    EXPECT_EQ(expect(Event::start).result.scenario, "Body.ReadsAndSays");
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.scenario, "Body.ReadsAndSays");
    EXPECT_EQ(end.result.verdict, Verdict::passed);
    EXPECT_THAT(end.result.records, ElementsAre(Pair("what", "read")));
    expect(Event::reusable);
    send({.kind = Command::end});
    expect(Event::released);
    expect(Event::done);
    EXPECT_EQ(exitCode(), 0);
    EXPECT_THAT(trace(), Not(HasSubstr("machine2")));
    EXPECT_THAT(trace(), HasSubstr("second body ran\ntorn down\n"));
    EXPECT_THAT(readWholeFile(output), AllOf(HasSubstr("Body.ReadsAndSays runs on the machine of Body.ReadsAsItDeclares\n"),
                                             HasSubstr("output of Body.ReadsAndSays\n")));
}

TEST_F(WorkerTest, AMachineThatWaitsForAnotherScenarioStandsStill) {
    passesAndOffers("Body.ReadsAsItDeclares");
    for (const auto deadline = soon(); trace().find("machine1 paused") == std::string::npos;) {
        ASSERT_FALSE(deadline.expired()) << trace();
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
    send({.kind = Command::next, .scenario = "Body.ReadsAndSays", .output = folder_.path() / "second.log"});
    expect(Event::start);
    EXPECT_EQ(expect(Event::end).result.verdict, Verdict::passed);
    EXPECT_THAT(trace(), HasSubstr("machine1 paused\nmachine1 run\nsecond body ran\n"));
}

TEST_F(WorkerTest, AFailureOnAMachineThatOthersHadSaysSo) {
    passesAndOffers("Body.ReadsAsItDeclares");
    send({.kind = Command::next, .scenario = "Body.ReadsAndFails", .output = folder_.path() / "second.log"});
    expect(Event::start);
    expect(Event::failing);
    send({.kind = Command::discard});
    EXPECT_THAT(expect(Event::end).result.failures,
                ElementsAre(AllOf(HasSubstr("one is not two"),
                                  EndsWith("on this machine one scenario had run before, which declares to leave it as it was: "
                                           "Body.ReadsAsItDeclares; on a new one: boxtest run Body.ReadsAndFails"))));
    expect(Event::released);
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, AFailedScenariosMachineIsForNobodyElse) {
    untilFailing("Body.ReadsAndFails", "", {"--reuse"});
    send({.kind = Command::discard});
    EXPECT_THAT(expect(Event::end).result.failures, ElementsAre(Not(HasSubstr("had run before"))));
    expect(Event::released);
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, IsNotWantedAnyMore) {
    start("Body.Passes");
    expect(Event::prepared);
    send({.kind = Command::end});
    EXPECT_EQ(exitCode(), 0);
    EXPECT_EQ(trace(), "machine1 prepared\nmachine1 stopped\n");
}

TEST_F(WorkerTest, TheEndOfItsDriverIsItsOwn) {
    start("Body.Passes");
    expect(Event::prepared);
    commands_.reset();
    EXPECT_EQ(exitCode(), 0);
    EXPECT_EQ(trace(), "machine1 prepared\nmachine1 stopped\n");
}

TEST_F(WorkerTest, TheFirstFailedExpectHasTheMachineKeptBeforeAnythingOfTheBodyIsGone) {
    const auto failing = untilFailing("Body.FailsAnExpect");
    EXPECT_THAT(failing.result.failures, ElementsAre(HasSubstr("one is not two")));
    EXPECT_EQ(trace(), "machine1 prepared\nmachine1 run\nmachine1 paused\n") << "it stands still while the question is open";
    const auto kept = folder_.path() / "kept" / "Body.FailsAnExpect";
    send({.kind = Command::keep, .folder = kept});
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.verdict, Verdict::failed);
    EXPECT_EQ(end.result.kept, kept);
    EXPECT_THAT(end.result.failures,
                ElementsAre(EndsWith("one is not two\nits machine, as it was then: boxtest resume Body.FailsAnExpect")));
    expect(Event::released);
    expect(Event::done);
    EXPECT_EQ(exitCode(), 1);
    EXPECT_EQ(trace(),
              "machine1 prepared\nmachine1 run\nmachine1 paused\nmachine1 kept\nmachine1 stopped\nlocal destroyed\ntorn down\n"
              "packed Body.FailsAnExpect\n");
}

TEST_F(WorkerTest, ASignalWhileItPacksReachesNobodyWhoHasItsQemusNumberNow) {
    auto stranger = Process::start({"sleep", "600"});
    untilFailing("Body.FailsAnExpect", "pack-hangs stranger=" + std::to_string(stranger.pid()));
    send({.kind = Command::keep, .folder = folder_.path() / "kept" / "x"});
    expect(Event::end);
    expect(Event::released);
    for (const auto deadline = soon(); trace().find("packed x") == std::string::npos;) {
        ASSERT_FALSE(deadline.expired()) << trace();
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
    worker_->signal(SIGTERM);
    EXPECT_EQ(exitCode(), 130);
    EXPECT_FALSE(stranger.exitStatus()) << "a stranger was killed";
}

TEST_F(WorkerTest, AFailedAssertInAFunctionEndsTheBodyToo) {
    untilFailing("Body.FailsAnAssertInAFunction");
    send({.kind = Command::discard, .reason = "five are kept"});
    const auto end = expect(Event::end);
    EXPECT_THAT(end.result.failures, ElementsAre(EndsWith("deep down\n(its machine was not kept: five are kept)")));
    EXPECT_EQ(exitCode(), 1);
    EXPECT_THAT(trace(), Not(HasSubstr("went on")));
    EXPECT_THAT(trace(), HasSubstr("machine1 stopped\nlocal destroyed\n"));
}

TEST_F(WorkerTest, WhatFailsBecauseTheMachineHasGoneIsNotToldToo) {
    untilFailing("Body.FailsAnExpect", "teardown-fails");
    send({.kind = Command::discard, .reason = "five are kept"});
    EXPECT_THAT(expect(Event::end).result.failures, ElementsAre(EndsWith("(its machine was not kept: five are kept)")));
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, AFailureInTearDownIsAFailureWhoseMachineIsKept) {
    EXPECT_THAT(untilFailing("Body.Passes", "teardown-fails").result.failures, ElementsAre(HasSubstr("teardown-fails")));
    send({.kind = Command::discard});
    EXPECT_EQ(expect(Event::end).result.verdict, Verdict::failed);
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, AFailureInACatchClauseEndsTheBodyToo) {
    untilFailing("Body.FailsWhileItHandlesAnException");
    send({.kind = Command::discard});
    EXPECT_EQ(expect(Event::end).result.failures.size(), 1U);
    EXPECT_EQ(exitCode(), 1);
    EXPECT_THAT(trace(), Not(HasSubstr("went on")));
}

TEST_F(WorkerTest, AnExceptionThatLeavesTheBodyIsAFailureWhoseMachineIsKept) {
    const auto failing = untilFailing("Body.Throws");
    EXPECT_THAT(failing.result.failures, ElementsAre(HasSubstr("the server went away")));
    send({.kind = Command::keep, .folder = folder_.path() / "kept" / "x"});
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.verdict, Verdict::failed);
    EXPECT_EQ(end.result.kept, folder_.path() / "kept" / "x");
    expect(Event::released);
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, AMachineThatCannotBeKeptIsSaidInTheFailure) {
    untilFailing("Body.FailsAnExpect", "keep-fails");
    send({.kind = Command::keep, .folder = folder_.path() / "kept" / "x"});
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.verdict, Verdict::failed);
    EXPECT_EQ(end.result.kept, "");
    EXPECT_THAT(end.result.failures,
                ElementsAre(HasSubstr("(its machine could not be kept: cannot write the state: No space left")));
    EXPECT_THAT(trace(), Not(HasSubstr("went on")));
}

TEST_F(WorkerTest, AFailureOfTheMachineIsNoFailureOfTheScenario) {
    start("Body.LosesItsMachine");
    expect(Event::prepared);
    send({.kind = Command::run});
    expect(Event::start);
    const auto end = expect(Event::end);
    EXPECT_EQ(end.result.verdict, Verdict::notRun);
    EXPECT_THAT(end.result.failures, ElementsAre("QEMU was killed"));
}

TEST_F(WorkerTest, AMachineThatCannotBeMadeOrRunIsToldOf) {
    start("Body.Passes", "prepare-fails");
    EXPECT_EQ(expect(Event::unprepared).text, "no machine today");
    EXPECT_EQ(exitCode(), 3);
    start("Body.Passes", "run-fails");
    expect(Event::prepared);
    send({.kind = Command::run});
    EXPECT_EQ(expect(Event::unprepared).text, "another machine's token");
    EXPECT_EQ(exitCode(), 3);
}

TEST_F(WorkerTest, APausedMachineRunsUntilGo) {
    untilFailing("Body.FailsAnExpect");
    send({.kind = Command::pause});
    EXPECT_THAT(expect(Event::paused).text, HasSubstr("\"ports\""));
    EXPECT_THAT(trace(), EndsWith("machine1 paused\nmachine1 run\n"));
    send({.kind = Command::go});
    EXPECT_EQ(expect(Event::end).result.verdict, Verdict::failed);
    EXPECT_EQ(exitCode(), 1);
}

TEST_F(WorkerTest, ANeighbourIsMadeWhenItIsAskedFor) {
    start("Body.WantsANeighbour");
    expect(Event::prepared);
    EXPECT_THAT(trace(), Not(HasSubstr("machine2")));
    send({.kind = Command::run});
    expect(Event::start);
    EXPECT_EQ(expect(Event::end).result.verdict, Verdict::passed);
    expect(Event::released);
    EXPECT_THAT(trace(), HasSubstr("machine2 prepared\nmachine2 shares a segment\nmachine2 run\n"));
    EXPECT_THAT(trace(), HasSubstr("machine2 stopped\nmachine1 stopped\n"));
}

TEST_F(WorkerTest, WhatAScenarioDoesNotDeclareItDoesNotGet) {
    for (const auto& [scenario, why] : {std::pair("Body.WantsANeighbourWithoutSayingSo", "does not declare .twoMachines"),
                                        std::pair("Body.RebootsWithoutSayingSo", "does not declare .ownMachine")}) {
        const auto failing = untilFailing(scenario);
        EXPECT_THAT(failing.result.failures, ElementsAre(HasSubstr(why))) << scenario;
        send({.kind = Command::discard});
        EXPECT_EQ(exitCode(), 1);
        EXPECT_THAT(trace(), Not(HasSubstr("machine2")));
        EXPECT_THAT(trace(), Not(HasSubstr("rebooted")));
    }
}

TEST_F(WorkerTest, AnEffectIsCheckedOnDemandOnly) {
    const auto state = folder_.path() / "state";
    writeFileAtomically(state, "unit a.service active\n", 0600);
    passes("Body.WritesAlthoughItDeclaresToRead", "state=" + state.string());
    EXPECT_THAT(trace(), Not(HasSubstr("state read")));
}

TEST_F(WorkerTest, WhoReadsAsDeclaredPassesTheCheck) {
    const auto state = folder_.path() / "state";
    writeFileAtomically(state, "unit a.service active\n", 0600);
    passes("Body.ReadsAsItDeclares", "state=" + state.string(), {"--check-effects"});
    EXPECT_THAT(trace(), HasSubstr("state read for reads\nbody ran\nstate read for reads\n"));
}

TEST_F(WorkerTest, WhoLeavesSomethingAgainstTheDeclarationFailsWithTheLinesThatDiffer) {
    const auto state = folder_.path() / "state";
    for (const auto& [scenario, says, line] :
         {std::tuple("Body.WritesAlthoughItDeclaresToRead", "Effect::reads", "new:  file /etc/left f 644"),
          std::tuple("Body.LeavesARowThatItDeclaresToTakeBack", "Effect::rollsBack", "new:  rows odoo:public.left 1 0")}) {
        writeFileAtomically(state, "unit a.service active\n", 0600);
        const auto failing = untilFailing(scenario, "state=" + state.string(), {"--check-effects"});
        EXPECT_THAT(failing.result.failures,
                    ElementsAre(testing::AllOf(HasSubstr(says), HasSubstr(line), Not(HasSubstr("a.service")))));
        send({.kind = Command::keep, .folder = folder_.path() / scenario});
        EXPECT_EQ(expect(Event::end).result.kept, folder_.path() / scenario) << "its machine can be looked at";
        EXPECT_EQ(exitCode(), 1);
    }
}

TEST_F(WorkerTest, WhoDeclaresToChangeIsNotCompared) {
    const auto state = folder_.path() / "state";
    writeFileAtomically(state, "unit a.service active\n", 0600);
    passes("Body.WritesAsItDeclares", "state=" + state.string(), {"--check-effects"});
    EXPECT_THAT(trace(), Not(HasSubstr("state read")));
}

}  // namespace
}  // namespace boxtest
