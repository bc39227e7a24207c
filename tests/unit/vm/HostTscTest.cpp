#include "vm/HostTsc.hpp"

#include <gtest/gtest.h>

#if defined(__x86_64__)
#include <time.h>
#include <x86intrin.h>
#endif

namespace boxtest {
namespace {

TEST(HostTsc, IsTheCountersRate) {
#if defined(__x86_64__)
    const auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_MONOTONIC_RAW, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    };
    // The readings enclose each other: the rate lies between the two quotients, however long this takes on a busy host.
    const auto outerBegin = now();
    const auto begin = __rdtsc();
    const auto innerBegin = now();
    while (now() < innerBegin + 50) {
    }
    const auto innerEnd = now();
    const auto ticks = static_cast<double>(__rdtsc() - begin);
    const auto outerEnd = now();
    EXPECT_GE(hostTscKhz(), ticks / (outerEnd - outerBegin) * 0.999);
    EXPECT_LE(hostTscKhz(), ticks / (innerEnd - innerBegin) * 1.001);
#else
    EXPECT_EQ(hostTscKhz(), 0U);
#endif
}

}  // namespace
}  // namespace boxtest
