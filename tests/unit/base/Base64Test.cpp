#include "base/Base64.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/Error.hpp"

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

TEST(Base64, GivesBackTheBytesAndRefusesOtherText) {
    for (const std::string bytes : {"", "f", "fo", "foo", "foob"}) EXPECT_EQ(base64Decoded(base64(bytes)), bytes);
    EXPECT_EQ(base64Decoded("//sA"), std::string_view("\xff\xfb\x00", 3));
    for (const auto* text : {"Zg", "Zh==", "Zm9v\n", "Zm9*"}) EXPECT_THROW(base64Decoded(text), TransportError) << text;
}

TEST(Base64, TakesBytesOfEveryValue) { EXPECT_EQ(base64(std::string_view("\xff\xfb\x00", 3)), "//sA"); }

}  // namespace
}  // namespace boxtest
