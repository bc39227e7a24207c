#include "base/Deadline.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace boxtest {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, ThatHasPassedIsExpiredAndLeavesNothing) {
    const auto deadline = Deadline::in(-1s);
    EXPECT_TRUE(deadline.expired());
    EXPECT_EQ(deadline.remaining(), Deadline::Clock::duration::zero());
    EXPECT_EQ(deadline.pollTimeout(), 0);
}

TEST(Deadline, NeverPollsWithoutEnd) {
    EXPECT_FALSE(Deadline::never().expired());
    EXPECT_EQ(Deadline::never().pollTimeout(), -1);
}

TEST(Deadline, PollTimeoutIsRoundedUpSoThatAWaitDoesNotSpinAtItsEnd) {
    const Deadline deadline = Deadline::in(1h);
    const auto before = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
    const auto timeout = deadline.pollTimeout();
    const auto after = std::chrono::floor<std::chrono::milliseconds>(deadline.remaining()).count();
    EXPECT_LE(timeout, before);
    EXPECT_GE(timeout, after);
    EXPECT_GE(Deadline::in(1h).pollTimeout(), 1);
}

TEST(Deadline, PollTimeoutOfAFarDeadlineFitsAnInt) {
    EXPECT_EQ(Deadline::in(24h * 365).pollTimeout(), std::numeric_limits<int>::max());
}

TEST(Deadline, WithinTakesTheEarlierOfTheTwo) {
    const auto near = Deadline::in(1h);
    EXPECT_EQ(near.within(2h).at(), near.at());
    EXPECT_LT(near.within(1min).at(), near.at());
    EXPECT_LE(Deadline::never().within(1min).remaining(), 1min);
}

}  // namespace
}  // namespace boxtest
