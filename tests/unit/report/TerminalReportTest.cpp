#include "report/TerminalReport.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>

#include "MixedReport.hpp"
#include "base/FileDescriptor.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string printed(const RunReport& report, bool colour = false, const RunFacts& facts = {}) {
    std::ostringstream out;
    printReport(out, report, std::chrono::seconds(185), TextStyle(colour), facts);
    return out.str();
}

TEST(TerminalReport, TellsOfEveryClaimWhetherItIsProven) {
    const auto text = printed(mixedReport());
    EXPECT_THAT(text, testing::StartsWith("claim    verdict    scenarios\n"
                                          "claim-a  broken     1 passed, 1 failed\n"
                                          "    failed: two\n"
                                          "claim-b  not run    1 not run\n"
                                          "    not run: three\n"
                                          "claim-c  proven     1\n"
                                          "claim-d  known gap  1 passed, 1 known gap\n"
                                          "    known gap: five\n"
                                          "    exposure x.service: 0.4\n"
                                          "claim-e  not run    1 passed, 1 left out\n"
                                          "\n"));
    EXPECT_THAT(text, HasSubstr("KNOWN GAP D.five (claim-d)\n    She may do it.\n"));
    EXPECT_THAT(text, HasSubstr("4 passed, 1 known gap, 1 failed, 1 not run of 7 scenarios in 3 min 05 s\n"));
}

TEST(TerminalReport, ThePageStandsBeforeTheVerdictWhichIsTheLastLine) {
    std::ostringstream out;
    printReport(out, mixedReport(), std::chrono::seconds(185), TextStyle(false), {}, "/runs/1/report.html");
    EXPECT_THAT(out.str(),
                testing::EndsWith("\nreport: /runs/1/report.html\n4 passed, 1 known gap, 1 failed, 1 not run of 7 scenarios "
                                  "in 3 min 05 s\n"));
    EXPECT_THAT(printed(mixedReport()), Not(HasSubstr("report:")));
}

TEST(TerminalReport, AClaimThatAnotherRunProvesIsShownWhenAllWasAskedFor) {
    const auto catalogue = Catalogue::parse(R"({
        "claims": [{"claim": "a", "section": "", "promise": ""},
                   {"claim": "names-configurable", "section": "", "promise": "", "run": "ci/other-names"}],
        "scenarios": [{"scenario": "A.one", "claim": "a"}]})");
    EXPECT_THAT(printed(RunReport(catalogue.entries(), catalogue)),
                HasSubstr("names-configurable  not run    by another run: boxtest list --claims\n"));
}

TEST(TerminalReport, ALongSentenceOfAGapIsBrokenAtSpaces) {
    RunReport report({{"A.one", "a", "", {}}});
    ScenarioResult result;
    result.scenario = "A.one";
    result.verdict = Verdict::knownGap;
    result.gap = std::string(90, 'x') + " yyyyy zzzzz " + std::string(120, 'w') + " end";
    report.ended(result);
    EXPECT_THAT(printed(report),
                HasSubstr("    " + std::string(90, 'x') + " yyyyy\n    zzzzz\n    " + std::string(120, 'w') + "\n    end\n\n"));
}

TEST(TerminalReport, OfManyNamesTheTableHasThree) {
    RunReport report({{"A.one", "a", "", {}}, {"A.two", "a", "", {}}, {"A.three", "a", "", {}}, {"A.four", "a", "", {}}});
    report.stopped("QEMU died");
    const auto text = printed(report);
    EXPECT_THAT(text, HasSubstr("    not run: one\n    not run: two\n    not run: three\n    not run: and 1 more\n\n"));
    EXPECT_THAT(text, HasSubstr("NOT RUN: 4 of 4\n    A.one\n    A.two\n    A.three\n    A.four\n")) << "all are named below";
}

TEST(TerminalReport, AFailedScenarioComesWithItsTextAndHowToRunItAgain) {
    EXPECT_THAT(printed(mixedReport()), HasSubstr("FAILED A.two (claim-a)\n"
                                                  "    a.cpp:3\n"
                                                  "    odd \\x1b[2J\n"
                                                  "    again: boxtest run A.two\n"));
    RunFacts live;
    live.live.machine = "admin@box.example";
    EXPECT_THAT(printed(mixedReport(), false, live), HasSubstr("    again: boxtest verify admin@box.example A.two\n"));
    live.live.options = {"-F", "/home/kim/my config", "--allow-rollback"};
    EXPECT_THAT(printed(mixedReport(), false, live),
                HasSubstr("    again: boxtest verify admin@box.example A.two -F '/home/kim/my config' --allow-rollback\n"));
}

TEST(TerminalReport, WhatWasNotRunIsNamedWithTheReason) {
    auto report = mixedReport();
    report.started("B.three");
    report.stopped("QEMU died\nof old age");
    const auto text = printed(report);
    EXPECT_THAT(text, HasSubstr("NOT RUN: 1 of 7\n    B.three (begun, not finished)\n"));
    EXPECT_THAT(text, HasSubstr("The run was stopped:\n    QEMU died\n    of old age\n"));
}

TEST(TerminalReport, TheFilesOfAFailureAreNotToBeSoughtAmongDozens) {
    const auto reportOf = [](std::size_t filesOfOne) {
        RunReport report({{"A.one", "a", "", {}}, {"A.two", "a", "", {}}});
        ScenarioResult one, two;
        one.scenario = "A.one";
        one.verdict = Verdict::passed;
        for (std::size_t i = 0; i < filesOfOne; ++i)
            one.attachments.emplace_back(fmt::format("/runs/1/attachments/A.one/{}.txt", i));
        two.scenario = "A.two";
        two.verdict = Verdict::failed;
        two.attachments.emplace_back("/runs/1/attachments/A.two/facts.txt");
        report.ended(one);
        report.ended(two);
        return report;
    };
    EXPECT_THAT(printed(reportOf(1)), HasSubstr("\nattached:\n"
                                                "    /runs/1/attachments/A.two/facts.txt\n"
                                                "    /runs/1/attachments/A.one/0.txt\n"));
    EXPECT_THAT(printed(reportOf(30)), HasSubstr("\nattached:\n"
                                                 "    /runs/1/attachments/A.two/facts.txt\n"
                                                 "    30 files of scenarios that did not fail, in /runs/1/attachments\n"));
}

TEST(TerminalReport, ColoursComeOnlyWhenAskedFor) {
    EXPECT_THAT(printed(mixedReport(), false), Not(HasSubstr("\x1b[")));
    EXPECT_THAT(printed(mixedReport(), true), HasSubstr("\x1b[31mFAILED\x1b[0m"));
}

TEST(TerminalReport, DurationsReadWell) {
    EXPECT_EQ(describeDuration(std::chrono::milliseconds(340)), "0.3 s");
    EXPECT_EQ(describeDuration(std::chrono::seconds(60)), "60.0 s");
    EXPECT_EQ(describeDuration(std::chrono::seconds(125)), "2 min 05 s");
}

TEST(TextStyle, ATerminalOfUnknownKindGetsNoColours) {
    const FileDescriptor terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(terminal);
    const ScopedVariable coloured("NO_COLOR", std::nullopt);
    for (const auto& [kind, capable] : std::map<std::optional<std::string>, bool>{
             {std::nullopt, false}, {"", false}, {"dumb", false}, {"xterm-256color", true}}) {
        const ScopedVariable named("TERM", kind);
        EXPECT_EQ(TextStyle::of(terminal.get()).good("ok") != "ok", capable) << kind.value_or("none");
    }
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
