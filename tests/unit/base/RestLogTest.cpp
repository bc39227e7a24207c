#include "base/RestLog.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/TimeLeft.hpp"

namespace boxtest {
namespace {

using std::chrono::seconds;

struct LastWait final : Log {
    void line(std::string_view text) override { line_ = text; }
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override {
        what_ = what;
        sofar_ = sofar;
    }
    std::string line_, what_;
    std::chrono::steady_clock::duration sofar_{};
};

class RestLogTest : public testing::Test {
   protected:
    RestLog over(Log& log) {
        return RestLog(log, [this] { return now_; });
    }
    std::string shown(RestLog& log) {
        log.waiting("SSH", seconds(3));
        return last_.what_;
    }
    LastWait last_;
    std::chrono::steady_clock::time_point now_{seconds(1000)};
};

TEST_F(RestLogTest, AddsTheRestUntilItIsOver) {
    auto log = over(last_);
    EXPECT_EQ(shown(log), "SSH");
    EXPECT_EQ(last_.sofar_, seconds(3));
    log.expect(seconds(60));
    EXPECT_EQ(shown(log), "SSH, about 60 s left");
    now_ += seconds(41);
    EXPECT_EQ(shown(log), "SSH, about 19 s left");
    now_ += seconds(19);
    EXPECT_EQ(shown(log), "SSH") << "it takes longer than expected: nothing is known any more";
    log.expect(seconds(5));
    EXPECT_EQ(shown(log), "SSH, about 5 s left");
    log.expect(std::nullopt);
    EXPECT_EQ(shown(log), "SSH");
    log.line("there");
    EXPECT_EQ(last_.line_, "there");
}

TEST_F(RestLogTest, LeavesItToALogThatKnowsTheRest) {
    auto outer = over(last_), inner = over(outer);
    inner.expect(seconds(50));
    EXPECT_EQ(shown(inner), "SSH, about 50 s left");
    outer.expect(seconds(10));
    EXPECT_EQ(shown(inner), "SSH, about 10 s left");
    now_ += seconds(20);
    EXPECT_EQ(shown(inner), "SSH, about 30 s left") << "the outer one was wrong";
}

TEST(TimeLeft, IsRoundedAsPeopleSayIt) {
    const auto said = [](double seconds) { return aboutLeft(std::chrono::duration<double>(seconds)); };
    EXPECT_EQ(said(-1), "");
    EXPECT_EQ(said(0), "");
    EXPECT_EQ(said(0.2), "about 1 s left");
    EXPECT_EQ(said(19.5), "about 20 s left");
    EXPECT_EQ(said(31), "about 35 s left");
    EXPECT_EQ(said(90), "about 90 s left");
    EXPECT_EQ(said(91), "about 2 min left");
    EXPECT_EQ(said(12 * 60), "about 12 min left");
    EXPECT_EQ(said(99 * 60), "about 99 min left");
    EXPECT_EQ(said(101 * 60), "about 1 h 50 min left");
    EXPECT_EQ(said(120 * 60), "about 2 h left");
    EXPECT_NE(said(1e300), "");
}

}  // namespace
}  // namespace boxtest
