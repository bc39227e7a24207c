#include <gmock/gmock.h>

#include "base/AtomicFile.hpp"
#include "unit/scenarios/WorkerFixture.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using Command = WorkerCommand::Kind;
using Event = ScenarioEvent::Kind;

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
