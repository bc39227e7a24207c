#include "base/Interruption.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "Deadlines.hpp"
#include "base/FailureLatch.hpp"
#include "base/Poll.hpp"

namespace boxtest {
namespace {

TEST(Interruption, ASignalIsTakenAndRemembered) {
    Interruption interruption;
    FailureLatch latch;
    const auto handling = interruption.handle([&](int signal) { latch.declare(Interruption::describe(signal)); });
    EXPECT_FALSE(interruption.signal().has_value());
    ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
    waitFor(latch.fd(), POLLIN, soon(), "the signal");
    EXPECT_EQ(latch.reason(), "interrupted (SIGTERM)");
    EXPECT_EQ(interruption.signal(), SIGTERM);
}

TEST(Interruption, ASignalThatCameBeforeTheHandlerIsNotLost) {
    Interruption interruption;
    {
        FailureLatch first;
        const auto handling = interruption.handle([&](int) { first.declare("first"); });
        ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
        waitFor(first.fd(), POLLIN, soon(), "the signal");
    }
    FailureLatch second;
    const auto handling = interruption.handle([&](int signal) { second.declare(Interruption::describe(signal)); });
    EXPECT_EQ(second.reason(), "interrupted (SIGINT)");
}

TEST(Interruption, IgnoredSignalsStayIgnoredAsUnderNohup) {
    const auto before = std::signal(SIGHUP, SIG_IGN);
    {
        Interruption interruption;
        FailureLatch latch;
        const auto handling = interruption.handle([&](int signal) { latch.declare(Interruption::describe(signal)); });
        ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
        ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
        waitFor(latch.fd(), POLLIN, soon(), "the signal");
        EXPECT_EQ(latch.reason(), "interrupted (SIGINT)");
    }
    std::signal(SIGHUP, before);
}

TEST(Interruption, TheSignalMaskComesBack) {
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    { const Interruption interruption; }
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
    EXPECT_EQ(sigismember(&after, SIGTERM), 0);
}

}  // namespace
}  // namespace boxtest
