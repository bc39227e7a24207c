#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace boxtest {

/// Several facts that make one verdict. The first failed check ends a scenario that has a fork, so that facts which a person
/// wants to see together (which of twenty statements are allowed?) are collected, and checked once:
///   Facts facts;
///   for (const auto& role : roles) facts.expect(refusedWith(..., role), "role " + role);
///   EXPECT_TRUE(facts.hold());
class Facts {
   public:
    void expect(const testing::AssertionResult& result, const std::string& what);
    void expect(bool holds, const std::string& what);

    template <typename Value, typename Matcher>
    void that(const Value& value, const Matcher& matcher, const std::string& what) {
        testing::StringMatchResultListener listener;
        const bool matches = testing::ExplainMatchResult(matcher, value, &listener);
        expect(matches, what + ": " + testing::PrintToString(value) + (listener.str().empty() ? "" : ", " + listener.str()) +
                            "; wanted: " + testing::DescribeMatcher<Value>(matcher));
    }
    template <typename Expected, typename Value>
    void equal(const Expected& expected, const Value& value, const std::string& what) {
        expect(expected == value,
               what + ": expected " + testing::PrintToString(expected) + ", found " + testing::PrintToString(value));
    }

    /// A failure names every fact that does not hold, and so does one without any fact: nothing would be proved.
    testing::AssertionResult hold() const;

   private:
    std::size_t count_ = 0;
    std::vector<std::string> wrong_;
};

}  // namespace boxtest
