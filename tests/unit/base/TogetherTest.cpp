#include "base/Together.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "AtOnce.hpp"
#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

/// Waits until the latch is declared; fails the test when the deadline passes first.
void untilStopped(const FailureLatch& stop) {
    pollfd stopped{stop.fd(), POLLIN, 0};
    EXPECT_TRUE(poll({&stopped, 1}, soon())) << "nobody ended it";
}

TEST(Together, IsDoneWhenAllAre) {
    const FailureLatch failure;
    std::atomic<int> done = 0;
    Together all(failure);
    for (int i = 0; i < 3; ++i) all.start([&](const FailureLatch&) { ++done; });
    all.finish(soon());
    EXPECT_EQ(done, 3);
}

TEST(Together, OneThatFailsEndsTheOthersAtOnce) {
    const AtOnce measured;
    const FailureLatch failure;
    EXPECT_EQ(errorOf<GuestError>([&] {
                  Together all(failure);
                  all.start(untilStopped);
                  all.start([](const FailureLatch&) { throw GuestError("HTTP status 500"); });
                  all.finish(AtOnce::waitedFor());
              }),
              "HTTP status 500");
}

TEST(Together, AnErrorBesideThemEndsThemAtOnce) {
    const AtOnce measured;
    const FailureLatch failure;
    EXPECT_EQ(errorOf<GuestError>([&] {
                  Together all(failure);
                  all.start(untilStopped);
                  throw GuestError("the page is missing");
              }),
              "the page is missing");
}

TEST(Together, TheMachinesFailureEndsThemAtOnce) {
    const AtOnce measured;
    FailureLatch failure;
    failure.declare("kernel panic");
    EXPECT_EQ(errorOf<GuestError>([&] {
                  Together all(failure);
                  all.start(untilStopped);
                  all.finish(AtOnce::waitedFor());
              }),
              "kernel panic");
}

TEST(Together, EndsWithTheDeadline) {
    const FailureLatch failure;
    Together all(failure);
    all.start(untilStopped);
    EXPECT_EQ(errorOf<TimeoutError>([&] { all.finish(Deadline::in(std::chrono::milliseconds(10))); }),
              "timed out waiting for tasks that run at the same time");
}

}  // namespace
}  // namespace boxtest
