#include "base/Error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace boxtest {
namespace {

TEST(Error, EachClassHasItsKind) {
    EXPECT_EQ(UsageError("x").kind(), ErrorKind::usage);
    EXPECT_EQ(GuestError("x").kind(), ErrorKind::guest);
    EXPECT_EQ(TimeoutError("x").kind(), ErrorKind::timeout);
    EXPECT_EQ(TransportError("x").kind(), ErrorKind::transport);
    EXPECT_EQ(SystemError("x", ENOENT).kind(), ErrorKind::system);
}

TEST(Error, KindsHaveTheirNames) {
    EXPECT_EQ(toString(ErrorKind::usage), "usage");
    EXPECT_EQ(toString(ErrorKind::guest), "guest");
    EXPECT_EQ(toString(ErrorKind::timeout), "timeout");
    EXPECT_EQ(toString(ErrorKind::transport), "transport");
    EXPECT_EQ(toString(ErrorKind::system), "system");
}

TEST(Error, SystemErrorAppendsTheTextOfTheErrnoOnce) {
    const SystemError error("cannot open 'x'", ENOENT);
    EXPECT_STREQ(error.what(), "cannot open 'x': No such file or directory");
    EXPECT_EQ(error.errorNumber(), ENOENT);
}

}  // namespace
}  // namespace boxtest
