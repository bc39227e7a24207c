#include "report/RunReport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RunReport planned() { return RunReport({{"A.one", "a", "", {}}, {"A.two", "a", "", {}}, {"B.three", "b", "", {}}}); }

ScenarioResult ended(const std::string& name, Verdict verdict, std::vector<std::string> failures = {}) {
    return {
        .scenario = name, .claim = "", .verdict = verdict, .duration = std::chrono::seconds(1), .failures = std::move(failures)};
}

TEST(RunReport, AllPassedIsGood) {
    auto report = planned();
    for (const auto* name : {"A.one", "A.two", "B.three"}) {
        report.started(name);
        report.ended(ended(name, Verdict::passed));
    }
    EXPECT_EQ(report.counts(), (Counts{3, 0, 0}));
    EXPECT_EQ(report.exitCode(), ExitCode::good);
    EXPECT_THAT(report.remaining(), ElementsAre());
    EXPECT_EQ(report.results()[0].claim, "a") << "the plan's claim stays when the event names none";
}

TEST(RunReport, OneFailureIsStatusOne) {
    auto report = planned();
    for (const auto* name : {"A.one", "A.two"}) report.ended(ended(name, Verdict::passed));
    report.ended(ended("B.three", Verdict::failed, {"text"}));
    EXPECT_EQ(report.exitCode(), ExitCode::scenarioFailed);
}

TEST(RunReport, AKnownGapIsGoodAndNotCountedAsPassed) {
    auto report = planned();
    for (const auto* name : {"A.one", "A.two"}) report.ended(ended(name, Verdict::passed));
    report.ended(ended("B.three", Verdict::knownGap));
    EXPECT_EQ(report.counts(), (Counts{.passed = 2, .failed = 0, .notRun = 0, .knownGap = 1}));
    EXPECT_EQ(report.counts().all(), 3U);
    EXPECT_EQ(report.exitCode(), ExitCode::good);
}

TEST(RunReport, CollectsWhatScenariosAttached) {
    const TemporaryFolder folder("report");
    const Attachments attachments(folder.path());
    attachments.add("A.two", "matrix.txt", "x");
    auto report = planned();
    report.collect(attachments);
    EXPECT_THAT(report.results()[0].attachments, ElementsAre());
    EXPECT_THAT(report.results()[1].attachments, ElementsAre(folder.path() / "A.two" / "matrix.txt"));
}

TEST(RunReport, WhatWasNotRunOutweighsAFailure) {
    auto report = planned();
    report.ended(ended("A.one", Verdict::failed, {"text"}));
    report.ended(ended("A.two", Verdict::passed));
    EXPECT_THAT(report.remaining(), ElementsAre("B.three"));
    EXPECT_EQ(report.counts(), (Counts{1, 1, 1}));
    EXPECT_EQ(report.exitCode(), ExitCode::machineFailed);
}

TEST(RunReport, AMachineThatFailsLeavesTheRestNotRunWithTheReason) {
    auto report = planned();
    report.ended(ended("A.one", Verdict::passed));
    report.started("A.two");
    report.stopped("QEMU died");
    report.stopped("a later reason");
    EXPECT_EQ(report.stopReason(), "QEMU died");
    EXPECT_THAT(report.running(), ElementsAre());
    EXPECT_TRUE(report.results()[1].begun);
    EXPECT_EQ(report.results()[1].cause, NotRunCause::stopped);
    EXPECT_THAT(failureTexts(report.results()[1]), ElementsAre("begun, not finished: QEMU died"));
    EXPECT_FALSE(report.results()[2].begun);
    EXPECT_THAT(failureTexts(report.results()[2]), ElementsAre("QEMU died"));
    EXPECT_EQ(report.exitCode(), ExitCode::machineFailed);
}

TEST(RunReport, AStopAfterTheLastVerdictIsNotGoodEither) {
    auto report = planned();
    for (const auto* name : {"A.one", "A.two", "B.three"}) report.ended(ended(name, Verdict::passed));
    report.stopped("QEMU died");
    EXPECT_EQ(report.exitCode(), ExitCode::machineFailed);
}

TEST(RunReport, AnInterruptionOutweighsEverything) {
    auto report = planned();
    report.ended(ended("A.one", Verdict::failed, {"text"}));
    report.stopped("interrupted (SIGINT), said the latch");
    report.interrupted("interrupted (SIGINT)");
    EXPECT_EQ(report.stopReason(), "interrupted (SIGINT)");
    EXPECT_EQ(report.exitCode(), ExitCode::interrupted);
}

TEST(RunReport, AnAbandonedScenarioHasFailed) {
    auto report = planned();
    report.started("A.two");
    report.abandoned("A.one", "not running");
    report.abandoned("A.two", "it crashed");
    EXPECT_EQ(report.results()[1].verdict, Verdict::failed);
    EXPECT_THAT(report.results()[1].failures, ElementsAre("it crashed"));
    EXPECT_THAT(report.remaining(), ElementsAre("A.one", "B.three"));
}

TEST(RunReport, AScenarioThatFailedOnceStaysFailed) {
    auto report = planned();
    report.ended(ended("A.one", Verdict::failed, {"first"}));
    report.ended(ended("A.one", Verdict::passed));
    EXPECT_EQ(report.results()[0].verdict, Verdict::failed);
}

TEST(RunReport, WhatWasNotAskedForIsRefused) {
    auto report = planned();
    EXPECT_THAT(errorOf<TransportError>([&] { report.started("C.four"); }), HasSubstr("'C.four', which was not asked for"));
    EXPECT_THAT(errorOf<TransportError>([&] { report.ended(ended("C.four", Verdict::passed)); }), HasSubstr("'C.four'"));
}

}  // namespace
}  // namespace boxtest
