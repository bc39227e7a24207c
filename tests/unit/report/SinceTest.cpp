#include "report/Since.hpp"

#include <gmock/gmock.h>

#include "report/ClaimResult.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Catalogue twoClaimsOfThree() {
    return Catalogue({{.scenario = "A.one", .claim = "claim-a", .promise = {}, .traits = {}},
                      {.scenario = "A.two", .claim = "claim-a", .promise = {}, .traits = {}},
                      {.scenario = "B.three", .claim = "claim-b", .promise = {}, .traits = {}}});
}

RunReport sinceReport(const std::string& filter, const std::map<std::string, std::string>& failed) {
    RunReport report(twoClaimsOfThree().select(filter), twoClaimsOfThree());
    for (const auto& entry : twoClaimsOfThree().select(filter)) {
        ScenarioResult result;
        result.scenario = entry.scenario;
        const auto found = failed.find(entry.scenario);
        result.verdict = found == failed.end() ? Verdict::passed : Verdict::failed;
        if (found != failed.end()) result.failures = {"x.cpp:1\n" + found->second};
        report.ended(std::move(result));
    }
    return report;
}

TEST(Since, WithoutAChangeThereIsNothingToSay) {
    EXPECT_THAT(changesSince(sinceReport("", {{"A.one", "x"}}), sinceReport("", {{"A.one", "x"}})), IsEmpty());
}

TEST(Since, WhatGotWorseComesFirst) {
    EXPECT_THAT(changesSince(sinceReport("", {{"A.one", "x"}}), sinceReport("", {{"B.three", "y"}})),
                ElementsAre("claim-b: broken, was proven", "B.three: failed, was passed", "claim-a: proven, was broken",
                            "A.one: passed, was failed"));
}

TEST(Since, AnotherFindingOfTheSameScenarioIsAChange) {
    EXPECT_THAT(changesSince(sinceReport("", {{"A.one", "x"}}), sinceReport("", {{"A.one", "y\nz"}})),
                ElementsAre("A.one: failed then, too, but with another finding: y"));
}

TEST(Since, WhatOnlyOneOfThemRanIsTold) {
    EXPECT_THAT(changesSince(sinceReport("A.one:B.*", {}), sinceReport("", {})),
                ElementsAre("claim-a: proven, was not run", "A.two: passed; it was not run then"));
    EXPECT_THAT(changesSince(sinceReport("", {}), sinceReport("A.*", {})),
                ElementsAre("run then, and not now: B.three (passed)"));
}

TEST(ClaimResult, OnAMachineInUseWhatCannotBeRunIsNoGap) {
    auto report = sinceReport("A.one", {});
    report.notLive("A.two", "it changes the machine");
    report.notLive("B.three", "it needs a machine of its own");
    const auto claims = claimResults(report);
    EXPECT_EQ(toString(claims[0].verdict()), "in part");
    EXPECT_EQ(describeCounts(claims[0]), "1 passed, 1 not provable live");
    EXPECT_EQ(toString(claims[1].verdict()), "not live");
    EXPECT_EQ(report.exitCode(), ExitCode::good);
}

}  // namespace
}  // namespace boxtest
