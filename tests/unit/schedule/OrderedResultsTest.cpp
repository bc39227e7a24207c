#include "schedule/OrderedResults.hpp"

#include <gmock/gmock.h>

namespace boxtest {
namespace {

using testing::ElementsAre;

TEST(OrderedResults, AResultWaitsForThoseBeforeIt) {
    std::vector<std::string> shown;
    OrderedResults results(3, [&](const std::string& line) { shown.push_back(line); });
    results.known(1, "b");
    EXPECT_THAT(shown, ElementsAre());
    results.known(0, "a");
    EXPECT_THAT(shown, ElementsAre("a", "b"));
    results.known(2, "c");
    EXPECT_THAT(shown, ElementsAre("a", "b", "c"));
    results.finish();
    EXPECT_THAT(shown, ElementsAre("a", "b", "c"));
}

TEST(OrderedResults, WhatIsLeftAtTheEndIsShownInOrder) {
    std::vector<std::string> shown;
    OrderedResults results(4, [&](const std::string& line) { shown.push_back(line); });
    results.known(3, "d");
    results.known(1, "b");
    results.finish();
    EXPECT_THAT(shown, ElementsAre("b", "d"));
}

}  // namespace
}  // namespace boxtest
