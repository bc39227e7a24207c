#include "vm/HostTsc.hpp"

#if defined(__x86_64__)
#include <time.h>
#include <x86intrin.h>

#include <cmath>
#endif

namespace boxtest {

#if defined(__x86_64__)

namespace {

constexpr std::int64_t measuredNanoseconds = 5'000'000;
constexpr int triesOfReading = 20;
constexpr double roundedTo = 100;

struct Reading {
    std::uint64_t ticks;
    std::int64_t nanoseconds;
};

std::int64_t nanosecondsNow() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Both at the same moment: of several readings, the one during which the least time passed.
Reading readBoth() {
    Reading best{};
    std::uint64_t width = UINT64_MAX;
    for (int i = 0; i < triesOfReading; ++i) {
        const std::uint64_t before = __rdtsc();
        const auto nanoseconds = nanosecondsNow();
        const std::uint64_t after = __rdtsc();
        if (after - before >= width) continue;
        width = after - before;
        best = {.ticks = before + width / 2, .nanoseconds = nanoseconds};
    }
    return best;
}

std::uint32_t measure() {
    const auto first = readBoth();
    const timespec pause{.tv_sec = 0, .tv_nsec = measuredNanoseconds};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
    const auto second = readBoth();
    const auto ticks = static_cast<double>(second.ticks - first.ticks);
    const auto milliseconds = static_cast<double>(second.nanoseconds - first.nanoseconds) / 1e6;
    return static_cast<std::uint32_t>(std::round(ticks / milliseconds / roundedTo) * roundedTo);
}

}  // namespace

std::uint32_t hostTscKhz() {
    static const std::uint32_t khz = measure();
    return khz;
}

#else

std::uint32_t hostTscKhz() { return 0; }

#endif

}  // namespace boxtest
