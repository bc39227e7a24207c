#include "report/ClaimResult.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "MixedReport.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using V = ClaimResult::Verdict;

TEST(ClaimResult, AClaimIsProvenOnlyWhenAllItsScenariosRanAndPassed) {
    const auto report = mixedReport();
    const auto claims = claimResults(report);
    std::vector<V> verdicts;
    for (const auto& claim : claims) verdicts.push_back(claim.verdict());
    EXPECT_THAT(verdicts, ElementsAre(V::broken, V::notRun, V::proven, V::knownGap, V::notRun, V::notRun));
    EXPECT_EQ(claims[0].counts, (Counts{.passed = 1, .failed = 1, .notRun = 0}));
    ASSERT_EQ(claims[3].results.size(), 2U);
    EXPECT_EQ(claims[3].results[0]->scenario, "D.five");
    EXPECT_THAT(claims[4].leftOut, ElementsAre("E.eight"));
}

TEST(ClaimResult, AFailureOutweighsWhatWasNotRunAndThatAKnownGap) {
    ClaimResult claim;
    const ScenarioResult any;
    claim.results = {&any};
    claim.counts.knownGap = 1;
    EXPECT_EQ(claim.verdict(), V::knownGap);
    claim.leftOut = {"A.one"};
    EXPECT_EQ(claim.verdict(), V::notRun);
    claim.leftOut.clear();
    claim.counts.notRun = 1;
    EXPECT_EQ(claim.verdict(), V::notRun);
    claim.counts.failed = 1;
    EXPECT_EQ(claim.verdict(), V::broken);
}

}  // namespace
}  // namespace boxtest
