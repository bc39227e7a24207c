#include "base/Poll.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;

struct Poll : ::testing::Test {
    Poll() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        reading = FileDescriptor(ends[0]);
        writing = FileDescriptor(ends[1]);
    }
    FileDescriptor reading;
    FileDescriptor writing;
    FailureLatch latch;
};

TEST_F(Poll, ReturnsFalseWhenTheDeadlinePasses) {
    pollfd one{reading.get(), POLLIN, 0};
    EXPECT_FALSE(poll({&one, 1}, Deadline::in(1ms)));
    EXPECT_EQ(one.revents, 0);
}

TEST_F(Poll, TellsWhichDescriptorIsReady) {
    std::array<pollfd, 2> two{{{reading.get(), POLLIN, 0}, {writing.get(), POLLOUT, 0}}};
    EXPECT_TRUE(poll(two, Deadline::in(1min), &latch));
    EXPECT_EQ(two[0].revents, 0);
    EXPECT_EQ(two[1].revents, POLLOUT);
}

TEST_F(Poll, IgnoresNegativeDescriptors) {
    std::array<pollfd, 2> two{{{-1, POLLIN, 0}, {writing.get(), POLLOUT, 0}}};
    EXPECT_TRUE(poll(two, Deadline::in(1min)));
    EXPECT_EQ(two[0].revents, 0);
}

TEST_F(Poll, EndsWithTheReasonWhenTheLatchIsDeclaredMeanwhile) {
    std::thread other([this] { latch.declare("the kernel panicked"); });
    pollfd one{reading.get(), POLLIN, 0};
    EXPECT_EQ(errorOf<GuestError>([&] { poll({&one, 1}, Deadline::in(1min), &latch); }), "the kernel panicked");
    other.join();
}

TEST_F(Poll, TheLatchWinsOverAReadyDescriptor) {
    latch.declare("QEMU died");
    pollfd one{writing.get(), POLLOUT, 0};
    EXPECT_EQ(errorOf<GuestError>([&] { poll({&one, 1}, Deadline::in(1min), &latch); }), "QEMU died");
}

TEST_F(Poll, GoesOnAfterASignal) {
    struct sigaction before {};
    struct sigaction handler {};
    handler.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &handler, &before);
    const auto waiting = ::pthread_self();
    std::thread other([&] {
        for (int i = 0; i < 20; ++i) {
            ::pthread_kill(waiting, SIGUSR1);
            std::this_thread::yield();
        }
        EXPECT_EQ(::write(writing.get(), "x", 1), 1);
    });
    EXPECT_NO_THROW(waitFor(reading.get(), POLLIN, Deadline::in(1min), "a byte"));
    other.join();
    ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_F(Poll, WaitForSaysWhatItWaitedFor) {
    EXPECT_EQ(errorOf<TimeoutError>([&] { waitFor(reading.get(), POLLIN, Deadline::in(1ms), "the banner"); }),
              "timed out waiting for the banner");
}

TEST_F(Poll, APauseEndsWithTheLatchAndNotOnlyWithItsTime) {
    latch.declare("QEMU died");
    EXPECT_EQ(errorOf<GuestError>([&] { pauseBetweenTries(1h, Deadline::never(), &latch); }), "QEMU died");
}

TEST_F(Poll, APauseNeverOutlastsTheDeadline) {
    const auto deadline = Deadline::in(1ms);
    pauseBetweenTries(1h, deadline);
    EXPECT_TRUE(deadline.expired());
}

}  // namespace
}  // namespace boxtest
