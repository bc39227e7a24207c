#include "report/ReportJson.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "MixedReport.hpp"
#include "base/AtomicFile.hpp"
#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

TEST(ReportJson, HasEveryClaimWithItsVerdictAndAllThatIsKnownOfItsScenarios) {
    auto report = mixedReport();
    const TemporaryFolder folder("json");
    const Attachments attachments(folder.path());
    attachments.add("D.five", "matrix.txt", "x");
    report.collect(attachments);
    report.stopped("QEMU died");
    const auto all = nlohmann::json::parse(reportJson(report, std::chrono::seconds(7)));
    EXPECT_EQ(all.at("exit_status"), 3);
    EXPECT_EQ(all.at("seconds"), 7.0);
    EXPECT_EQ(all.at("stopped"), "QEMU died");
    EXPECT_EQ(all.at("counts"), (nlohmann::json{{"passed", 4}, {"known_gap", 1}, {"failed", 1}, {"not_run", 1}}));
    const auto& claims = all.at("claims");
    ASSERT_EQ(claims.size(), 6U);
    std::vector<std::string> verdicts;
    for (const auto& claim : claims) verdicts.push_back(claim.at("verdict"));
    EXPECT_THAT(verdicts, testing::ElementsAre("broken", "not run", "proven", "known gap", "not run", "not run"));
    EXPECT_EQ(claims[0].at("section"), "One");
    EXPECT_EQ(claims[0].at("promise"), "A.");
    EXPECT_EQ(claims[0].at("scenarios")[1].at("verdict"), "failed");
    EXPECT_EQ(claims[0].at("scenarios")[1].at("failures")[0], "a.cpp:3\nodd \x1b[2J");
    const auto& gap = claims[3].at("scenarios")[0];
    EXPECT_EQ(gap.at("scenario"), "D.five");
    EXPECT_EQ(gap.at("verdict"), "known gap");
    EXPECT_EQ(gap.at("gap"), "She may do it.");
    EXPECT_EQ(gap.at("records").at("exposure x.service"), "0.4");
    EXPECT_EQ(gap.at("attachments")[0], (folder.path() / "D.five" / "matrix.txt").string());
    EXPECT_EQ(claims[4].at("left_out"), nlohmann::json{"E.eight"});
    EXPECT_EQ(claims[5].at("run"), "ci/other-names");
}

TEST(ReportJson, TextThatIsNoUtf8IsReplaced) {
    RunReport report({{"A.one", "a", "", {}}});
    report.ended({.scenario = "A.one", .claim = "", .verdict = Verdict::failed, .failures = {"byte \xff"}});
    const auto all = nlohmann::json::parse(reportJson(report, std::chrono::seconds(1)));
    EXPECT_EQ(all.at("claims")[0].at("scenarios")[0].at("failures")[0], "byte \xef\xbf\xbd");
}

}  // namespace
}  // namespace boxtest
