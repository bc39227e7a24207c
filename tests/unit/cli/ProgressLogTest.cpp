#include "cli/ProgressLog.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace boxtest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A log whose clock the test sets.
class ProgressLogTest : public testing::Test {
   protected:
    ProgressLog log(int columns) {
        return ProgressLog(out_, columns, [this] { return now_; });
    }
    std::ostringstream out_;
    std::chrono::steady_clock::time_point now_{seconds(1000)};
};

TEST_F(ProgressLogTest, ElsewhereThanOnATerminalAWaitIsAPlainLineEveryTenSeconds) {
    auto log = this->log(0);
    for (int second = 0; second < 30; ++second) {
        log.waiting("SSH", seconds(second));
        now_ += seconds(1);
    }
    EXPECT_EQ(out_.str(), "[  10 s] waiting for SSH\n[  20 s] waiting for SSH\n");
}

TEST_F(ProgressLogTest, ALineStartsTheSilenceAnew) {
    auto log = this->log(0);
    now_ += seconds(9);
    log.line("booting");
    now_ += seconds(9);
    log.waiting("SSH", seconds(18));
    EXPECT_EQ(out_.str(), "booting\n");
}

TEST_F(ProgressLogTest, WhileLinesFlowTheWaitIsShownOnceAMinute) {
    auto log = this->log(0);
    std::string expected;
    for (int second = 1; second <= 150; ++second) {
        now_ += seconds(1);
        if (second % 5 == 0) {
            log.line("ok");
            expected += "ok\n";
        }
        log.waiting("PeerAuth.Matrix", seconds(second % 5));
        if (second == 60 || second == 120) expected += "[   0 s] waiting for PeerAuth.Matrix\n";
    }
    EXPECT_EQ(out_.str(), expected);
}

TEST_F(ProgressLogTest, OnATerminalAWaitIsOneLineThatIsWrittenAgain) {
    {
        auto log = this->log(80);
        log.waiting("SSH", seconds(1));
        now_ += seconds(1);
        log.waiting("SSH", seconds(2));
        log.line("there");
        log.waiting("Odoo", seconds(2));
    }
    EXPECT_EQ(out_.str(),
              "[   1 s] waiting for SSH\r\x1b[K[   2 s] waiting for SSH\r\x1b[Kthere\n[   2 s] waiting for Odoo\r\x1b[K");
}

TEST_F(ProgressLogTest, ATerminalIsNotRedrawnAllTheTime) {
    auto log = this->log(80);
    log.waiting("SSH", seconds(1));
    const auto once = out_.str();
    now_ += milliseconds(50);
    log.waiting("SSH", seconds(1));
    EXPECT_EQ(out_.str(), once);
}

TEST_F(ProgressLogTest, ALongWaitIsCutToTheTerminalsWidth) {
    auto log = this->log(20);
    log.waiting(std::string(100, 'x') + "\nsecond line", seconds(1));
    EXPECT_EQ(out_.str(), "[   1 s] waiting fo");
}

TEST_F(ProgressLogTest, ALongWaitKeepsItsEndWhereTheEstimateIs) {
    auto log = this->log(80);
    log.waiting("Odoo's websocket server on https://odoo-host/websocket/health (5 of 7), about 25 s left", seconds(55));
    EXPECT_EQ(out_.str(), "[  55 s] waiting for Odoo's websocket server on https://odoo-...about 25 s left");
    EXPECT_EQ(out_.str().size(), 79U);
}

}  // namespace
}  // namespace boxtest
