#include "report/TerminalReport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

RunReport mixed() {
    RunReport report({{"A.one", "claim-a", "", {}}, {"A.two", "claim-a", "", {}}, {"B.three", "claim-b", "", {}}});
    report.ended(
        {.scenario = "A.one", .claim = "", .verdict = Verdict::passed, .duration = std::chrono::seconds(1), .failures = {}});
    report.ended({.scenario = "A.two",
                  .claim = "",
                  .verdict = Verdict::failed,
                  .duration = std::chrono::seconds(2),
                  .failures = {"a.cpp:3\nodd \x1b[2J"}});
    return report;
}

std::string printed(const RunReport& report, bool colour = false) {
    std::ostringstream out;
    printReport(out, report, std::chrono::seconds(185), TextStyle(colour));
    return out.str();
}

TEST(TerminalReport, CountsEveryClaim) {
    const auto text = printed(mixed());
    EXPECT_THAT(text, HasSubstr("claim    passed  failed  not run\n"
                                "claim-a       1       1        0\n"
                                "claim-b       0       0        1\n"));
    EXPECT_THAT(text, HasSubstr("1 passed, 1 failed, 1 not run of 3 scenarios in 3 min 05 s\n"));
}

TEST(TerminalReport, AFailedScenarioComesWithItsTextAndHowToRunItAgain) {
    EXPECT_THAT(printed(mixed()), HasSubstr("FAILED A.two (claim-a)\n"
                                            "    a.cpp:3\n"
                                            "    odd \\x1b[2J\n"
                                            "    again: boxtest run 'A.two'\n"));
}

TEST(TerminalReport, WhatWasNotRunIsNamedWithTheReason) {
    auto report = mixed();
    report.started("B.three");
    report.stopped("QEMU died\nof old age");
    const auto text = printed(report);
    EXPECT_THAT(text, HasSubstr("NOT RUN: 1 of 3\n    B.three (begun, not finished)\n"));
    EXPECT_THAT(text, HasSubstr("The run was stopped:\n    QEMU died\n    of old age\n"));
}

TEST(TerminalReport, ColoursComeOnlyWhenAskedFor) {
    EXPECT_THAT(printed(mixed(), false), Not(HasSubstr("\x1b[")));
    EXPECT_THAT(printed(mixed(), true), HasSubstr("\x1b[31mFAILED\x1b[0m"));
}

TEST(TerminalReport, DurationsReadWell) {
    EXPECT_EQ(describeDuration(std::chrono::milliseconds(340)), "0.3 s");
    EXPECT_EQ(describeDuration(std::chrono::seconds(60)), "60.0 s");
    EXPECT_EQ(describeDuration(std::chrono::seconds(125)), "2 min 05 s");
}

TEST(TextStyle, ForeignTextCannotCommandTheTerminal) {
    EXPECT_EQ(printable("a\tb\nc\r\x1b]0;x\x07"), "a\tb\nc\\x0d\\x1b]0;x\\x07");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m \xC3\xBC \xFF"),
              "\\xc2\\x9b31m \xC3\xBC \\xff");
    EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");
}

}  // namespace
}  // namespace boxtest
