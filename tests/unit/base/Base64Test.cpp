#include "base/Base64.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

// The test vectors of RFC 4648, section 10.
TEST(Base64, PadsWhatIsNoMultipleOfThreeBytes) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, TakesBytesOfEveryValue) { EXPECT_EQ(base64(std::string_view("\xff\xfb\x00", 3)), "//sA"); }

}  // namespace
}  // namespace boxtest
