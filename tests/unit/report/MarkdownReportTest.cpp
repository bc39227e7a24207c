#include "report/MarkdownReport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/MixedReport.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(MarkdownReport, HasEveryClaimInATableAndEachFailure) {
    const auto text = markdownReport(mixedReport(), std::chrono::seconds(7), {});
    EXPECT_THAT(text, testing::StartsWith("### ❌ boxtest: 4 passed, 1 known gap, 1 failed, 1 not run, in 7.0 s\n\n"
                                          "| claim | verdict | scenarios | promise |\n| --- | --- | --- | --- |\n"
                                          "| claim&#45;a | ❌ broken | 1 passed, 1 failed | A. |\n"));
    EXPECT_THAT(text, AllOf(HasSubstr("| claim&#45;c | ✅ proven | 1 | C. |\n"), HasSubstr("| claim&#45;d | ⚠️ known gap |"),
                            HasSubstr("#### Failures\n\n- **A.two**: odd"), HasSubstr("<code>boxtest run A.two</code>")));
    RunFacts facts;
    facts.live.machine = "admin@box";
    EXPECT_THAT(markdownReport(mixedReport(), std::chrono::seconds(7), facts),
                HasSubstr("<code>boxtest verify admin&#64;box A.two</code>"));
}

TEST(MarkdownReport, WhatComesFromTheGuestIsNoMarkup) {
    RunReport report({{"A.one", "a", "", {}}});
    report.ended(
        {.scenario = "A.one",
         .claim = {},
         .verdict = Verdict::failed,
         .failures = {"a.cpp:1\n<img src=x onerror=alert(1)> | **b** [c](http://d) `e`\n# f " + std::string(5000, 'g')}});
    report.stopped("<script>\n| a |");
    const auto text = markdownReport(report, std::chrono::seconds(1), {});
    EXPECT_THAT(text, AllOf(Not(HasSubstr("<img")), Not(HasSubstr("<script")), Not(HasSubstr("](")), Not(HasSubstr("`e`")),
                            Not(HasSubstr("| a |\n\n|")), HasSubstr("&#60;img src&#61;x")));
    EXPECT_LT(text.size(), 3000U) << "a summary has a limit";
}

}  // namespace
}  // namespace boxtest
