#include "schedule/CoreLoad.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr CoreLoad::TimePoint begin{};

/// /proc/stat of four cores. The first line is the sum of all cores: user, nice, system, idle, iowait, irq, softirq, steal,
/// guest, guest_nice.
std::string stat(int user, int idle, int iowait) {
    return "cpu  " + std::to_string(user) + " 0 0 " + std::to_string(idle) + " " + std::to_string(iowait) +
           " 0 0 0 7 7\ncpu0 1 1\ncpu1 1 1\ncpu2 1 1\ncpu3 1 1\nintr 5 6\n";
}

TEST(CoreLoad, NothingIsKnownBeforeTheSecondSample) {
    CoreLoad load;
    EXPECT_FALSE(load.allowsWorkAhead());
    load.sample(stat(100, 100, 0), begin);
    EXPECT_FALSE(load.idleCores().has_value());
    EXPECT_FALSE(load.allowsWorkAhead());
}

TEST(CoreLoad, CountsTheCoresThatWereIdleOrWaitedForADisk) {
    CoreLoad load;
    load.sample(stat(100, 100, 0), begin);
    load.sample(stat(300, 250, 50), begin + seconds(1));
    EXPECT_DOUBLE_EQ(load.idleCores().value(), 2.0);
    EXPECT_TRUE(load.allowsWorkAhead());
    load.sample(stat(690, 260, 50), begin + seconds(2));
    EXPECT_DOUBLE_EQ(load.idleCores().value(), 0.1);
    EXPECT_FALSE(load.allowsWorkAhead());
}

TEST(CoreLoad, SamplesOfLessThanASecondAreNotCompared) {
    CoreLoad load;
    load.sample(stat(100, 100, 0), begin);
    load.sample(stat(100, 500, 0), begin + milliseconds(999));
    EXPECT_FALSE(load.idleCores().has_value());
}

TEST(CoreLoad, WhatIsNoSuchFileIsIgnored) {
    CoreLoad load;
    load.sample("", begin);
    load.sample("no counters\n", begin + seconds(2));
    load.sample("cpu  1 2 3 4\n", begin + seconds(4));
    EXPECT_FALSE(load.idleCores().has_value());
}

}  // namespace
}  // namespace boxtest
