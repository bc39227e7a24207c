#include <gmock/gmock.h>

#include "base/AtomicFile.hpp"
#include "unit/scenarios/WorkerFixture.hpp"

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

class WorkerReuseTest : public WorkerTest {
   protected:
    /// Expects that the scenario passes, and that its machine is offered to another one.
    void passesAndOffers(const std::string& scenario) {
        start(scenario, "", {"--reuse"});
        expect(Event::prepared);
        send({.kind = Command::run});
        expect(Event::start);
        EXPECT_EQ(expect(Event::end).result.verdict, Verdict::passed);
        EXPECT_EQ(expect(Event::reusable).privateMemory, 12345U);
    }
};

TEST_F(WorkerReuseTest, ItsMachineIsForOthersWhenItsScenarioHasPassed) {
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

TEST_F(WorkerReuseTest, AMachineThatWaitsForAnotherScenarioStandsStill) {
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

TEST_F(WorkerReuseTest, AFailureOnAMachineThatOthersHadSaysSo) {
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

TEST_F(WorkerReuseTest, AFailedScenariosMachineIsForNobodyElse) {
    untilFailing("Body.ReadsAndFails", "", {"--reuse"});
    send({.kind = Command::discard});
    EXPECT_THAT(expect(Event::end).result.failures, ElementsAre(Not(HasSubstr("had run before"))));
    expect(Event::released);
    EXPECT_EQ(exitCode(), 1);
}

}  // namespace
}  // namespace boxtest
