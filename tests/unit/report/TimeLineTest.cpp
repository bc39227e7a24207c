#include "report/TimeLine.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

using Phase = TimeLine::Phase;

TEST(TimeLine, APhaseEndsWhereTheNextBegins) {
    const auto begin = TimeLine::Clock::now();
    const auto at = [&](int seconds) { return begin + std::chrono::seconds(seconds); };
    TimeLine line(begin);
    line.enter("", Phase::findingTemplate, at(0));
    line.leave("", at(1));
    line.enter("A.one", Phase::fork, at(1));
    line.enter("A.two", Phase::fork, at(2));
    line.enter("A.one", Phase::running, at(3));
    line.leave("A.one", at(5));
    line.finish(at(7));
    line.leave("A.one", at(8));
    ASSERT_EQ(line.rows().size(), 3U);
    const auto& one = line.rows()[1];
    EXPECT_EQ(one.scenario, "A.one");
    ASSERT_EQ(one.spans.size(), 2U);
    EXPECT_EQ(toString(one.spans[0].phase), "fork");
    EXPECT_DOUBLE_EQ(one.spans[0].from, 1);
    EXPECT_DOUBLE_EQ(one.spans[0].to, 3);
    EXPECT_EQ(toString(one.spans[1].phase), "running");
    EXPECT_DOUBLE_EQ(one.spans[1].to, 5);
    EXPECT_DOUBLE_EQ(line.rows()[2].spans.at(0).to, 7) << "what goes on at the end of a run ends there";
}

TEST(TimeLine, APhaseOfNoLengthIsLeftOut) {
    const auto begin = TimeLine::Clock::now();
    TimeLine line(begin);
    line.enter("A.one", Phase::waiting, begin);
    line.enter("A.one", Phase::running, begin);
    line.leave("A.one", begin + std::chrono::seconds(1));
    ASSERT_EQ(line.rows().at(0).spans.size(), 1U);
    EXPECT_EQ(line.rows()[0].spans[0].phase, Phase::running);
}

}  // namespace
}  // namespace boxtest
