#include "cli/BackgroundWait.hpp"

#include <gmock/gmock.h>

#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;

TEST(BackgroundWait, IsShownBesideTheWaitInTheForeground) {
    RecordingLog log;
    BackgroundWait both(log);
    both.foreground().waiting("one", {});
    both.background().waiting("pages", {});
    both.foreground().waiting("two", {});
    both.background().line("warm");
    both.over();
    both.foreground().waiting("three", {});
    both.foreground().line("ok");
    EXPECT_THAT(log.waits(), ElementsAre("one", "two; in the background: pages", "three"));
    EXPECT_THAT(log.lines(), ElementsAre("warm", "ok"));
}

}  // namespace
}  // namespace boxtest
