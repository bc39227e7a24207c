#include "base/TextPattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using ::testing::HasSubstr;

TEST(TextPattern, FitsSomePartOfTheText) {
    const TextPattern pattern("^one.*(two|three)");
    EXPECT_TRUE(pattern.fits("one\nand three more"));
    EXPECT_FALSE(pattern.fits("not one, two"));
    EXPECT_TRUE(TextPattern("Ä\xff").fits("the bytes Ä\xff, which are no UTF-8"));
}

TEST(TextPattern, CatchesItsFirstGroup) {
    const TextPattern pattern(R"(token=['"]([^'"]+)['"])", TextPattern::Case::isIgnored);
    EXPECT_EQ(pattern.caught("<a TOKEN='first'><a token=\"second\">"), "first");
    EXPECT_EQ(pattern.caught("<a>"), std::nullopt);
    EXPECT_EQ(TextPattern("a(b?)").caught("xa"), "");
    EXPECT_THAT(errorOf<UsageError>([] { static_cast<void>(TextPattern("token").caught("token")); }), HasSubstr("no group"));
}

TEST(TextPattern, ReplacesEveryPlace) {
    EXPECT_EQ(TextPattern("private-[^/]*").replaced("/tmp/private-a1/x /tmp/private-b2", "private"),
              "/tmp/private/x /tmp/private");
    EXPECT_EQ(TextPattern("(a)b").replaced("ab ab", R"(\1)"), "a a");
}

TEST(TextPattern, SaysWhatIsWrongInAnExpression) {
    EXPECT_THAT(errorOf<UsageError>([] { TextPattern("a(b"); }), HasSubstr("'a(b' is not a regular expression: missing )"));
}

TEST(TextPattern, AHostileTextCostsNoMoreThanALongOne) {
    // A backtracking matcher would need more than a lifetime for this.
    EXPECT_FALSE(TextPattern("(a*)*(a|aa)+$x").fits(std::string(100'000, 'a') + "b"));
    // A recursive matcher would overflow the stack.
    EXPECT_TRUE(TextPattern("<fault>(.*?)</fault>").fits("<fault>" + std::string(10'000'000, 'x') + "</fault>"));
}

}  // namespace
}  // namespace boxtest
