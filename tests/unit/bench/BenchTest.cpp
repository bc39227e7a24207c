#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/Error.hpp"
#include "bench/BenchReport.hpp"
#include "bench/Samples.hpp"

namespace boxtest {
namespace {

Samples samplesOf(std::initializer_list<double> values) {
    Samples samples;
    for (const double value : values) samples.add(value);
    return samples;
}

TEST(Samples, TheMedianIsTheMiddleOneOrBetweenTheTwoInTheMiddle) {
    EXPECT_DOUBLE_EQ(samplesOf({9, 1, 5}).median(), 5);
    EXPECT_DOUBLE_EQ(samplesOf({4, 1, 2, 9}).median(), 3);
}

TEST(Samples, QuantilesReachFromTheLeastToTheGreatest) {
    const auto samples = samplesOf({40, 10, 30, 20, 50});
    EXPECT_DOUBLE_EQ(samples.quantile(0), 10);
    EXPECT_DOUBLE_EQ(samples.quantile(0.25), 20);
    EXPECT_DOUBLE_EQ(samples.quantile(0.875), 45);
    EXPECT_DOUBLE_EQ(samples.quantile(1), 50);
}

TEST(Samples, NothingMeasuredHasNoMedian) { EXPECT_THROW(Samples().median(), UsageError); }

BenchRow row(double value, std::optional<double> bar, bool atLeast = false) {
    return {.id = "fork", .what = "fork to running", .unit = "s", .samples = samplesOf({value}), .bar = bar, .atLeast = atLeast};
}

TEST(BenchReport, ABarIsMissedOnTheWrongSideOnly) {
    EXPECT_TRUE(row(1, std::nullopt).meetsBar());
    EXPECT_TRUE(row(1, 1).meetsBar());
    EXPECT_FALSE(row(1.1, 1).meetsBar());
    EXPECT_TRUE(row(26, 25, true).meetsBar());
    EXPECT_FALSE(row(24, 25, true).meetsBar());
}

TEST(BenchReport, TheTableTellsTheMedianTheBarAndWhetherItIsMissed) {
    BenchReport report;
    report.fact("QEMU", "10.0.2");
    report.add(row(0.25, 0.3));
    report.add(row(0.35, 0.3));
    std::ostringstream out;
    report.print(out);
    EXPECT_THAT(out.str(), testing::HasSubstr("QEMU"));
    EXPECT_THAT(out.str(), testing::ContainsRegex("fork to running +0\\.250.*met"));
    EXPECT_THAT(out.str(), testing::ContainsRegex("fork to running +0\\.350.*MISSED"));
}

TEST(BenchReport, JsonHasEverySampleAndTheBar) {
    BenchReport report;
    report.fact("QEMU", "10.0.2");
    report.add(row(0.35, 0.3));
    const auto json = report.toJson();
    EXPECT_EQ(json["facts"]["QEMU"], "10.0.2");
    EXPECT_EQ(json["rows"][0]["id"], "fork");
    EXPECT_EQ(json["rows"][0]["samples"], nlohmann::json({0.35}));
    EXPECT_EQ(json["rows"][0]["bar"]["at_most"], 0.3);
    EXPECT_EQ(json["rows"][0]["bar"]["met"], false);
    EXPECT_NE(report.find("fork"), nullptr);
    EXPECT_EQ(report.find("boot"), nullptr);
}

}  // namespace
}  // namespace boxtest
