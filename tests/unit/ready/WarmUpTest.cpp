#include "ready/WarmUp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace boxtest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(WarmUp, FindsWhatAPageLoadsFromItsServer) {
    EXPECT_THAT(
        loadedBy(R"(<link rel="stylesheet" href="/web/assets/1/a.min.css"/><script src="/web/assets/1/b.min.js?v=2"></script>
        <script src="/web/assets/1/b.min.js?v=2"></script><a href="/web/reset">x</a><script src="//elsewhere/c.js"></script><img src="/x.png">)"),
        ElementsAre("/web/assets/1/b.min.js?v=2", "/web/assets/1/a.min.css"));
    EXPECT_TRUE(loadedBy("<script src=\"/unfinished.js").empty());
}

TEST(WarmUp, NamesItsStepsAndCountsThem) {
    std::set<std::string> names;
    for (std::size_t step = 0; step < warmUpSteps; ++step) {
        const auto text = describeWarmUp(step);
        EXPECT_THAT(text, HasSubstr(" (" + std::to_string(step + 1) + " of 6 to warm up"));
        names.insert(text.substr(0, text.find(" (")));
    }
    EXPECT_EQ(names.size(), warmUpSteps);
    EXPECT_EQ(describeWarmUp(2), "pgAdmin's login page (3 of 6 to warm up; beside it the walk over all files)");
    EXPECT_EQ(describeWarmUp(3), "the walk over all files (4 of 6 to warm up)");
}

TEST(WarmUp, CountsTheFilesOfAWalkThatCameToItsEnd) {
    using namespace std::string_view_literals;
    EXPECT_EQ(filesWalked("f\t755\t0\t0\t-\to\t/complete\t9\t\0complete\t20123\0"sv), 20123U);
    EXPECT_EQ(filesWalked("complete\t0\0"sv), 0U);
    for (const auto cut :
         {""sv, "complete\t20123"sv, "f\t755\t0\0"sv, "complete\t\0"sv, "complete\t12x\0"sv, "incomplete\t5\0"sv})
        EXPECT_EQ(filesWalked(cut), std::nullopt) << cut;
}

}  // namespace
}  // namespace boxtest
