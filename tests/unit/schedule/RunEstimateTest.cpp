#include "schedule/RunEstimate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

using Planned = RunEstimate::Planned;
using Seconds = RunEstimate::Seconds;

class RunEstimateTest : public testing::Test {
   protected:
    RunEstimate::Time at(double second) const {
        return begun_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(Seconds(second));
    }
    /// -1: nothing is known.
    static double rest(const RunEstimate& estimate, RunEstimate::Time now) {
        return estimate.rest(now).value_or(Seconds(-1)).count();
    }
    static Planned known(const std::string& name, double seconds, bool slow = false) {
        return {.name = name, .slow = slow, .before = Seconds(seconds)};
    }
    RunEstimate::Time begun_{std::chrono::hours(5)};
};

TEST_F(RunEstimateTest, TheRestTakesAsLongForItsWeightAsTheRunTookSoFar) {
    RunEstimate estimate({known("A", 10), known("B", 10), known("C", 20), known("D", 40)}, begun_);
    estimate.started("A", at(0));
    EXPECT_EQ(rest(estimate, at(1)), -1) << "too early";
    estimate.ended("A", at(20));
    estimate.started("B", at(20));
    estimate.ended("B", at(40));
    // 40 s for a weight of 20; C and D have 60.
    EXPECT_DOUBLE_EQ(rest(estimate, at(40)), 120);
    EXPECT_EQ(estimate.describe(at(40)), ", about 2 min left");
}

TEST_F(RunEstimateTest, ARunningScenarioCountsPartly) {
    RunEstimate estimate({known("A", 10), known("B", 20), known("C", 30)}, begun_);
    estimate.started("A", at(0));
    estimate.ended("A", at(10));
    estimate.started("B", at(10));
    EXPECT_DOUBLE_EQ(rest(estimate, at(20)), 40);
    // As long as it is expected to take at most.
    EXPECT_DOUBLE_EQ(rest(estimate, at(60)), 60);
    estimate.stopped("B");
    EXPECT_DOUBLE_EQ(rest(estimate, at(60)), 300) << "it runs again";
}

TEST_F(RunEstimateTest, IsAtLeastWhatTheLongestOneNeeds) {
    std::vector<Planned> planned{known("Long", 300, true)};
    for (int i = 0; i < 50; ++i) planned.push_back(known("Short" + std::to_string(i), 2));
    RunEstimate estimate(planned, begun_);
    estimate.started("Long", at(0));
    for (int i = 0; i < 50; ++i) {
        estimate.started("Short" + std::to_string(i), at(2 * i));
        estimate.ended("Short" + std::to_string(i), at(2 * i + 2));
    }
    // Side by side: a weight of 200 took 100 s, but the last 200 of the long one are done one after another.
    EXPECT_DOUBLE_EQ(rest(estimate, at(100)), 200);
    EXPECT_EQ(rest(estimate, at(400)), -1) << "it takes longer than ever: nothing is known";
    estimate.ended("Long", at(410));
    EXPECT_EQ(rest(estimate, at(410)), -1);
    EXPECT_EQ(estimate.describe(at(410)), "");
}

TEST_F(RunEstimateTest, AnUnknownScenarioWeighsAsTheMedianOfItsKind) {
    RunEstimate estimate({known("A", 4),
                          known("B", 6),
                          known("C", 50),
                          known("Slow", 100, true),
                          {.name = "New"},
                          {.name = "NewSlow", .slow = true}},
                         begun_);
    for (const auto* name : {"A", "B", "C"}) estimate.ended(name, at(60));
    estimate.ended("Slow", at(160));
    EXPECT_DOUBLE_EQ(rest(estimate, at(160)), 106);
}

TEST_F(RunEstimateTest, WithoutAnyHistoryASlowOneWeighsAsTwentyOthers) {
    RunEstimate estimate({{.name = "A"}, {.name = "B"}, {.name = "C"}, {.name = "Slow", .slow = true}}, begun_);
    estimate.started("A", at(0));
    EXPECT_EQ(rest(estimate, at(9)), -1) << "how long a scenario takes is not known yet";
    estimate.ended("A", at(10));
    for (const auto* name : {"B", "C"}) {
        estimate.started(name, at(10));
        estimate.ended(name, at(20));
    }
    // 3 in 20 s, so 20 in 133 s; but the slow one alone needs 20 times 10 s.
    EXPECT_DOUBLE_EQ(rest(estimate, at(20)), 200);
}

TEST_F(RunEstimateTest, SaysNothingBeforeSomethingIsKnown) {
    std::vector<Planned> planned;
    for (int i = 0; i < 100; ++i) planned.push_back({.name = std::to_string(i)});
    RunEstimate estimate(planned, begun_);
    estimate.ended("no such scenario", at(6));
    for (int i = 0; i < 2; ++i) {
        estimate.started(std::to_string(i), at(i));
        estimate.ended(std::to_string(i), at(i + 1));
    }
    EXPECT_EQ(rest(estimate, at(6)), -1);
    estimate.started("2", at(6));
    estimate.ended("2", at(7));
    EXPECT_GT(rest(estimate, at(7)), 0);
}

TEST_F(RunEstimateTest, TakesFromAReportWhatHasNoVerdictYetAndItsHistory) {
    const TemporaryFolder folder("estimate");
    DurationHistory history(folder.path() / "durations.json");
    history.learn("A.slow", Seconds(60));
    history.learn("A.b", Seconds(10));
    RunReport report(std::vector<CatalogueEntry>{
        {"A.done", "a", "", {}}, {"cut/A.slow", "a", "", {"slow"}}, {"cut/A.b", "a", "", {}}, {"cut/A.new", "a", "", {"slow"}}});
    report.started("A.done");
    report.ended({.scenario = "A.done", .claim = "a", .verdict = Verdict::passed, .failures = {}});
    auto estimate = RunEstimate::of(report, &history, begun_, [](const std::string& name) { return name.substr(4); });
    estimate.ended("A.done", at(1));
    estimate.ended("cut/A.b", at(12));
    // 10 in 12 s; left are 60, and 60 for the unknown slow one.
    EXPECT_DOUBLE_EQ(rest(estimate, at(12)), 144);
}

}  // namespace
}  // namespace boxtest
