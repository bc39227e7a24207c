#include "ssh/TcpAnswer.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

TEST(TcpAnswer, TellsRefusedFromProhibitedByTheReasonCode) {
    EXPECT_EQ(answerOfOpenFailure(1, "open failed"), TcpAnswer::prohibited);
    EXPECT_EQ(answerOfOpenFailure(2, "open failed"), TcpAnswer::refused);
    EXPECT_EQ(answerOfOpenFailure(2, "Connection refused"), TcpAnswer::refused);
}

TEST(TcpAnswer, OtherReasonsAreNotTakenForRefusal) {
    EXPECT_EQ(answerOfOpenFailure(2, "Name or service not known"), TcpAnswer::other);
    EXPECT_EQ(answerOfOpenFailure(2, "Connection timed out"), TcpAnswer::other);
    EXPECT_EQ(answerOfOpenFailure(2, "No route to host"), TcpAnswer::other);
    EXPECT_EQ(answerOfOpenFailure(4, "open failed"), TcpAnswer::other);
    EXPECT_EQ(answerOfOpenFailure(0, "Socket error"), TcpAnswer::other);
}

TEST(TcpAnswer, HasNames) {
    EXPECT_EQ(toString(TcpAnswer::open), "open");
    EXPECT_EQ(toString(TcpAnswer::refused), "refused");
    EXPECT_EQ(toString(TcpAnswer::prohibited), "prohibited");
    EXPECT_EQ(toString(TcpAnswer::gone), "gone");
    EXPECT_EQ(toString(TcpAnswer::other), "other");
}

}  // namespace
}  // namespace boxtest
