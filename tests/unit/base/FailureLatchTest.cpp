#include "base/FailureLatch.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>
#include <vector>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

bool readable(int fd) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, 0) == 1;
}

TEST(FailureLatch, SaysNothingUntilSomethingIsDeclared) {
    const FailureLatch latch;
    EXPECT_FALSE(latch.reason());
    EXPECT_FALSE(readable(latch.fd()));
    EXPECT_NO_THROW(latch.check());
}

TEST(FailureLatch, KeepsTheFirstReason) {
    FailureLatch latch;
    latch.declare("QEMU exited");
    latch.declare("something later");
    EXPECT_EQ(latch.reason(), "QEMU exited");
    EXPECT_EQ(errorOf<GuestError>([&] { latch.check(); }), "QEMU exited");
}

TEST(FailureLatch, StaysReadableForEveryWait) {
    FailureLatch latch;
    latch.declare("x");
    EXPECT_TRUE(readable(latch.fd()));
    EXPECT_TRUE(readable(latch.fd()));
}

TEST(FailureLatch, TakesOneReasonFromManyThreads) {
    FailureLatch latch;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&latch, i] { latch.declare("thread " + std::to_string(i)); });
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(latch.reason().value_or("none").starts_with("thread "));
    EXPECT_TRUE(readable(latch.fd()));
}

TEST(FailureLatch, TellsItsSummaryWithoutTheDetails) {
    FailureLatch latch;
    EXPECT_FALSE(latch.summary());
    latch.declare("the kernel panicked", " (all of it: /log):\nlast words");
    EXPECT_EQ(latch.summary(), "the kernel panicked");
    EXPECT_EQ(latch.reason(), "the kernel panicked (all of it: /log):\nlast words");
}

TEST(FailureLatch, APersonsWishIsAnotherKindOfErrorThanAFailureOfTheMachine) {
    FailureLatch wish;
    wish.interrupt("interrupted (SIGINT)");
    EXPECT_THROW(wish.check(), InterruptedError);
    EXPECT_EQ(wish.reason(), "interrupted (SIGINT)");
    FailureLatch failed;
    failed.declare("QEMU has ended");
    failed.interrupt("interrupted (SIGINT)");
    EXPECT_THROW(failed.check(), GuestError) << "the first reason stays";
}

}  // namespace
}  // namespace boxtest
