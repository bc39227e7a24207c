#include "Facts.hpp"

#include <gmock/gmock.h>

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(FactsTest, AllThatDoNotHoldAreNamedAtOnce) {
    Facts facts;
    facts.expect(true, "first");
    facts.expect(testing::AssertionFailure() << "it was let in", "second");
    facts.equal(std::string("f"), std::string("t"), "third");
    facts.that(std::vector<int>{1, 2}, testing::Each(1), "fourth");
    const auto verdict = facts.hold();
    EXPECT_FALSE(verdict);
    EXPECT_THAT(verdict.message(),
                AllOf(HasSubstr("3 of 4 facts do not hold:"), HasSubstr("\n  - second: it was let in"),
                      HasSubstr("\n  - third: expected \"f\", found \"t\""), HasSubstr("\n  - fourth: { 1, 2 }"),
                      HasSubstr("; wanted: only contains elements that is equal to 1"), Not(HasSubstr("first"))));
}

TEST(FactsTest, HoldWhenAllDo) {
    Facts facts;
    facts.expect(true, "first");
    EXPECT_TRUE(facts.hold());
}

TEST(FactsTest, WithoutAnyNothingIsProved) { EXPECT_THAT(Facts().hold().message(), HasSubstr("nothing was looked at")); }

}  // namespace
}  // namespace boxtest
