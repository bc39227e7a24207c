#include "schedule/Schedule.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

using Stage = Schedule::Stage;
using Step = Schedule::Step;
using Action = Schedule::Action;

class ScheduleTest : public testing::Test {
   protected:
    std::optional<Action> next() const { return schedule_.next(room_); }
    /// Expects this action as the next one, and carries it out at once.
    void step(Action expected) {
        ASSERT_EQ(next(), expected);
        const auto to = expected.step == Step::prepare   ? Stage::preparing
                        : expected.step == Step::connect ? Stage::connecting
                                                         : Stage::running;
        schedule_.set(expected.scenario, to);
    }

    Schedule schedule_{4};
    Schedule::Room room_{.jobs = 1, .ahead = 1, .memory = true, .connecting = 0};
};

TEST_F(ScheduleTest, PreparesOneAheadOfEachThatMayRun) {
    step({Step::prepare, 0});
    step({Step::prepare, 1});
    EXPECT_EQ(next(), std::nullopt);
    room_.jobs = 2;
    step({Step::prepare, 2});
    EXPECT_EQ(next(), std::nullopt);
}

TEST_F(ScheduleTest, RunsBeforeItPreparesMore) {
    step({Step::prepare, 0});
    schedule_.set(0, Stage::prepared);
    step({Step::run, 0});
    step({Step::prepare, 1});
    schedule_.set(1, Stage::prepared);
    EXPECT_EQ(next(), std::nullopt) << "one runs already";
}

TEST_F(ScheduleTest, TheNextRunsWhileTheLastForkGoes) {
    schedule_.set(0, Stage::releasing);
    schedule_.set(1, Stage::prepared);
    step({Step::run, 1});
    step({Step::prepare, 2});
    EXPECT_FALSE(schedule_.done());
}

TEST_F(ScheduleTest, DoesNotWaitForAForkThatIsLate) {
    room_.jobs = 2;
    schedule_.set(0, Stage::preparing);
    schedule_.set(1, Stage::prepared);
    schedule_.set(2, Stage::prepared);
    step({Step::run, 1});
    step({Step::run, 2});
}

TEST_F(ScheduleTest, ConnectsAheadAsManyAtOnceAsThereIsRoomFor) {
    room_.jobs = 1;
    room_.ahead = 2;
    schedule_.set(0, Stage::running);
    schedule_.set(1, Stage::prepared);
    schedule_.set(2, Stage::prepared);
    EXPECT_EQ(next(), std::nullopt);
    room_.connecting = 1;
    step({Step::connect, 1});
    EXPECT_EQ(next(), std::nullopt) << "the other waits";
    room_.connecting = 2;
    step({Step::connect, 2});
}

TEST_F(ScheduleTest, AConnectedForkRunsAsAPreparedOne) {
    schedule_.set(0, Stage::gone);
    schedule_.set(1, Stage::connected);
    step({Step::run, 1});
}

TEST_F(ScheduleTest, WithoutMemoryNothingIsPrepared) {
    room_.jobs = 4;
    room_.memory = false;
    EXPECT_EQ(next(), std::nullopt);
    EXPECT_TRUE(schedule_.wantsFork(room_.jobs));
    schedule_.set(0, Stage::prepared);
    step({Step::run, 0});
    EXPECT_TRUE(schedule_.wantsFork(room_.jobs)) << "a job is idle";
    EXPECT_FALSE(schedule_.wantsFork(1));
}

TEST_F(ScheduleTest, IsDoneWhenAllForksHaveGone) {
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_FALSE(schedule_.done());
        schedule_.set(i, Stage::gone);
    }
    EXPECT_TRUE(schedule_.done());
    EXPECT_EQ(next(), std::nullopt);
    EXPECT_EQ(schedule_.alive(), 0U);
}

/// 0 and 2 to 3 reuse forks, 1 does not.
class ReuseTest : public ScheduleTest {
   protected:
    ReuseTest() { schedule_ = Schedule(4, {true, false, true, true}); }
};

TEST_F(ReuseTest, MakesNoMoreForksForThoseWhoReuseThemThanMayRunAtOnce) {
    room_.ahead = 4;
    step({Step::prepare, 0});
    step({Step::prepare, 1});
    EXPECT_EQ(next(), std::nullopt);
    room_.jobs = 2;
    step({Step::prepare, 2});
    EXPECT_EQ(next(), std::nullopt);
}

TEST_F(ReuseTest, RunsTheNextThatReusesForksOnOneThatIsFree) {
    schedule_.set(0, Stage::reusable);
    schedule_.set(1, Stage::preparing);
    ASSERT_EQ(next(), (Action{Step::run, 2, 0}));
    schedule_.set(0, Stage::gone);
    schedule_.set(2, Stage::running);
    EXPECT_EQ(next(), std::nullopt) << "3 waits for the fork of 2";
}

TEST_F(ReuseTest, KeepsToThePlansOrder) {
    schedule_.set(0, Stage::reusable);
    schedule_.set(1, Stage::prepared);
    step({Step::run, 1});
    EXPECT_EQ(next(), std::nullopt) << "one runs, and the fork that is free waits";
    schedule_.set(1, Stage::releasing);
    EXPECT_EQ(next(), (Action{Step::run, 2, 0}));
}

TEST_F(ReuseTest, EndsAForkThatNobodyWillNeed) {
    schedule_.set(0, Stage::reusable);
    schedule_.set(1, Stage::running);
    schedule_.set(2, Stage::gone);
    schedule_.set(3, Stage::waiting);
    EXPECT_EQ(next(), std::nullopt) << "3 will need it";
    schedule_.set(3, Stage::running);
    EXPECT_EQ(next(), (Action{Step::end, 0}));
    schedule_.set(0, Stage::releasing);
    EXPECT_EQ(next(), std::nullopt);
}

TEST_F(ReuseTest, WhenAForkIsLostThereIsAnother) {
    schedule_.set(0, Stage::gone);
    schedule_.set(1, Stage::gone);
    step({Step::prepare, 2});
}

TEST_F(ReuseTest, WhoNeedsANewForkGetsOne) {
    schedule_.set(0, Stage::reusable);
    schedule_.set(1, Stage::gone);
    schedule_.needsNewFork(2);
    EXPECT_EQ(next(), (Action{Step::run, 3, 0}));
    schedule_.set(0, Stage::gone);
    schedule_.set(3, Stage::running);
    step({Step::prepare, 2});
}

TEST_F(ReuseTest, AForkThatIsFreeHasMemory) {
    room_.jobs = 2;
    schedule_.set(0, Stage::reusable);
    EXPECT_EQ(schedule_.alive(), 1U);
    room_.memory = false;
    EXPECT_EQ(next(), (Action{Step::run, 2, 0}));
}

TEST_F(ScheduleTest, AScenarioThatLostItsForkGetsAnother) {
    schedule_.set(0, Stage::waiting);
    schedule_.set(1, Stage::running);
    step({Step::prepare, 0});
}

}  // namespace
}  // namespace boxtest
