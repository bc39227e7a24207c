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

TEST_F(ProgressLogTest, ElsewhereThanOnATerminalAWaitIsAPlainLineEvery15Seconds) {
    auto log = this->log(0);
    for (int second = 0; second <= 40; ++second) {
        log.waiting("SSH", seconds(second));
        now_ += seconds(1);
    }
    EXPECT_EQ(out_.str(), "[  15 s] waiting for SSH\n[  30 s] waiting for SSH\n");
}

TEST_F(ProgressLogTest, ALineStartsTheSilenceAnew) {
    auto log = this->log(0);
    now_ += seconds(14);
    log.line("booting");
    now_ += seconds(14);
    log.waiting("SSH", seconds(28));
    EXPECT_EQ(out_.str(), "booting\n");
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

}  // namespace
}  // namespace boxtest
