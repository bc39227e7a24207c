#include "template/QuietGuest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/vm/FakeHost.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct QuietGuest : ::testing::Test {
    /// CPU time grows in each window by the next value of `windows`, in CPUs; the last value is repeated.
    QuietSigns signs(std::vector<double> windows, std::vector<bool> connected = {false}) {
        const auto window = options_.window;
        auto used = std::make_shared<std::chrono::duration<double>>(0);
        auto asked = std::make_shared<std::size_t>(0);
        return {.cpuTime =
                    [=] {
                        const auto at = (*asked)++;
                        // The CPU time is read before and after each window.
                        if (at % 2 == 1) *used += window * windows[std::min(at / 2, windows.size() - 1)];
                        return *used;
                    },
                .hasConnections =
                    [=, n = std::make_shared<std::size_t>(0)] { return connected[std::min((*n)++, connected.size() - 1)]; }};
    }
    void wait(const QuietSigns& signs) { waitUntilQuiet(signs, options_, log_, failure_, soon()); }

    QuietOptions options_{.window = 20ms, .windows = 2, .mostCpus = 0.35, .patience = std::chrono::seconds(1)};
    RecordingLog log_;
    FailureLatch failure_;
};

TEST_F(QuietGuest, IsQuietWhenItUsesLittleForSomeTime) {
    wait(signs({2.0, 0.0, 2.0, 0.0}));
    EXPECT_THAT(log_.lines(), ElementsAre("the guest is quiet: it uses 0 % of a CPU"));
}

TEST_F(QuietGuest, ThatNeverIsIsFrozenAsItIsAndSaysSo) {
    wait(signs({100.0}));
    ASSERT_EQ(log_.lines().size(), 1U);
    EXPECT_THAT(log_.lines()[0], HasSubstr("the guest stays busy"));
}

TEST_F(QuietGuest, WaitsForTheLastConnection) {
    wait(signs({0.0}, {true, true, false}));
    EXPECT_THAT(errorOf<TimeoutError>([&] { wait(signs({0.0}, {true})); }), HasSubstr("the last connection into the guest"));
}

TEST_F(QuietGuest, ThatFailsEndsTheWait) {
    failure_.declare("the guest's kernel panicked");
    EXPECT_THAT(errorOf<GuestError>([&] { wait(signs({0.0})); }), HasSubstr("panicked"));
}

TEST_F(QuietGuest, HasItsCpuTimeFromProc) {
    const auto before = cpuTimeOf(::getpid());
    volatile unsigned long sum = 0;
    while (cpuTimeOf(::getpid()) - before < 20ms)
        for (unsigned long i = 0; i < 100000; ++i) sum = sum + i;
    EXPECT_GT(cpuTimeOf(::getpid()), before);
    EXPECT_THROW(cpuTimeOf(-1), SystemError);
}

}  // namespace
}  // namespace boxtest
