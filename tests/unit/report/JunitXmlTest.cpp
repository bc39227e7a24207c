#include "report/JunitXml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

/// The result of a real XML parser (Python's ElementTree), as JSON.
nlohmann::json parsed(const std::string& xml) {
    constexpr auto program = R"(
import json, sys, xml.etree.ElementTree as tree
def plain(node):
    return {"tag": node.tag, "attributes": dict(node.attrib), "text": node.text or "", "children": [plain(child) for child in node]}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
)";
    RunProgramOptions options;
    options.input = xml;
    const auto result = runProgram({"python3", "-c", program}, Deadline::in(std::chrono::minutes(1)), options);
    EXPECT_TRUE(result.succeeded()) << result.describe() << "\n" << xml;
    return nlohmann::json::parse(result.out);
}

RunReport mixed(const std::string& failure) {
    RunReport report({{"A.one", "claim-a", "", {}}, {"A.two", "claim-a", "", {}}, {"B.three", "claim-b", "", {}}});
    report.ended({.scenario = "A.one",
                  .claim = "",
                  .verdict = Verdict::passed,
                  .duration = std::chrono::milliseconds(1500),
                  .failures = {}});
    report.ended({.scenario = "A.two",
                  .claim = "",
                  .verdict = Verdict::failed,
                  .duration = std::chrono::seconds(2),
                  .failures = {failure, "second"}});
    report.stopped("QEMU died\nwith words");
    return report;
}

TEST(JunitXml, TellsCountsAndVerdictsByClaim) {
    const auto root = parsed(junitXml(mixed("a.cpp:3\nodd"), std::chrono::seconds(7)));
    EXPECT_EQ(root["tag"], "testsuites");
    EXPECT_EQ(root["attributes"]["tests"], "3");
    EXPECT_EQ(root["attributes"]["failures"], "1");
    EXPECT_EQ(root["attributes"]["errors"], "1");
    EXPECT_EQ(root["attributes"]["time"], "7.000");
    ASSERT_EQ(root["children"].size(), 2U);
    const auto& claim = root["children"][0];
    EXPECT_EQ(claim["attributes"]["name"], "claim-a");
    EXPECT_EQ(claim["attributes"]["tests"], "2");
    const auto& passed = claim["children"][0];
    EXPECT_EQ(passed["attributes"]["classname"], "A");
    EXPECT_EQ(passed["attributes"]["name"], "one");
    EXPECT_EQ(passed["attributes"]["time"], "1.500");
    EXPECT_TRUE(passed["children"].empty());
    const auto& failed = claim["children"][1];
    ASSERT_EQ(failed["children"].size(), 2U) << "readers count each <failure>, or keep the first";
    EXPECT_EQ(failed["children"][0]["tag"], "failure");
    EXPECT_EQ(failed["children"][0]["attributes"]["message"], "a.cpp:3 (and 1 more)");
    EXPECT_EQ(failed["children"][0]["text"], "a.cpp:3\nodd\n\nsecond");
    EXPECT_EQ(failed["children"][1]["tag"], "system-out");
    EXPECT_EQ(failed["children"][1]["text"], "once more: boxtest run A.two\n");
}

TEST(JunitXml, AKnownGapHasPassedAndSaysWhatItIs) {
    RunReport report({{"A.one", "claim-a", "", {}}});
    ScenarioResult result{.scenario = "A.one", .claim = "", .verdict = Verdict::knownGap, .failures = {}};
    result.gap = "She may <alter> it.";
    result.records = {{"exposure x.service", "0.4"}};
    report.ended(result);
    const TemporaryFolder folder("junit");
    const Attachments attachments(folder.path());
    attachments.add("A.one", "matrix.txt", "x");
    report.collect(attachments);
    const auto root = parsed(junitXml(report, std::chrono::seconds(7)));
    EXPECT_EQ(root["attributes"]["tests"], "1");
    EXPECT_EQ(root["attributes"]["failures"], "0");
    EXPECT_EQ(root["attributes"]["errors"], "0");
    const auto& suite = root["children"][0]["children"];
    ASSERT_EQ(suite.size(), 2U);
    ASSERT_EQ(suite[0]["tag"], "properties") << "a <testcase> has none in the schema";
    EXPECT_EQ(suite[0]["children"][0]["attributes"]["name"], "A.one known gap");
    EXPECT_EQ(suite[0]["children"][0]["attributes"]["value"], "She may <alter> it.");
    EXPECT_EQ(suite[0]["children"][1]["attributes"]["name"], "A.one exposure x.service");
    EXPECT_EQ(suite[0]["children"][1]["attributes"]["value"], "0.4");
    const auto& one = suite[1]["children"];
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0]["tag"], "system-out");
    EXPECT_EQ(one[0]["text"], "known gap: She may <alter> it.\nexposure x.service: 0.4\n[[ATTACHMENT|" +
                                  (folder.path() / "A.one" / "matrix.txt").string() + "]]\n");
}

TEST(JunitXml, EverySuiteTellsWhatWasTestedAndAFailureHowToBringItsMachineBack) {
    RunReport report({{"A.one", "claim-a", "", {}}});
    ScenarioResult result{.scenario = "A.one", .claim = "", .verdict = Verdict::failed, .failures = {"x"}};
    result.kept = "/kept/A.one";
    report.ended(result);
    RunFacts facts;
    facts.host.name = "builder";
    facts.begun = std::chrono::system_clock::time_point(std::chrono::hours(24));
    facts.tested.id = "04ee6bcc";
    facts.tested.versions = {{"odoo", "19.0"}};
    const auto suite = parsed(junitXml(report, std::chrono::seconds(7), facts))["children"][0];
    EXPECT_EQ(suite["attributes"]["timestamp"], "1970-01-02T00:00:00");
    EXPECT_EQ(suite["attributes"]["hostname"], "builder");
    EXPECT_EQ(suite["children"][0]["children"][0]["attributes"], (nlohmann::json{{"name", "guest"}, {"value", "04ee6bcc"}}));
    EXPECT_EQ(suite["children"][0]["children"][1]["attributes"], (nlohmann::json{{"name", "version odoo"}, {"value", "19.0"}}));
    EXPECT_EQ(suite["children"][1]["children"][1]["text"],
              "its machine, as it was then: boxtest resume A.one\nonce more: boxtest run A.one\n");
    facts.resume = "nix run . -- resume /nix/store/x-report";
    facts.live.machine = "admin@box.example";
    const auto built = parsed(junitXml(report, std::chrono::seconds(7), facts))["children"][0];
    EXPECT_EQ(built["children"][1]["children"][1]["text"],
              "its machine, as it was then: nix run . -- resume /nix/store/x-report A.one\n"
              "once more: boxtest verify admin@box.example A.one\n");
}

TEST(JunitXml, WhatWasNotRunIsAnErrorAndNotASkip) {
    const auto root = parsed(junitXml(mixed("x"), std::chrono::seconds(7)));
    const auto& notRun = root["children"][1]["children"][0];
    ASSERT_EQ(notRun["children"].size(), 1U);
    EXPECT_EQ(notRun["children"][0]["tag"], "error");
    EXPECT_EQ(notRun["children"][0]["attributes"]["message"], "not run: QEMU died");
}

TEST(JunitXml, AnyBytesInAFailureMakeWellFormedXml) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    every += "]]> <a b=\"c\"> &amp; \xEF\xBF\xBE \xEF\xBF\xBF \xED\xA0\x80 \xF4\x90\x80\x80 \xC3\xBC\xF0\x9F\x98\x80";
    const auto root = parsed(junitXml(mixed(every), std::chrono::seconds(7)));
    const auto text = root["children"][0]["children"][1]["children"][0]["text"].get<std::string>();
    EXPECT_THAT(text, HasSubstr("\\x00\\x01"));
    EXPECT_THAT(text, HasSubstr("]]> <a b=\"c\"> &amp;"));
    EXPECT_THAT(text, HasSubstr("\\xff"));
    EXPECT_THAT(text, HasSubstr("\xC3\xBC\xF0\x9F\x98\x80"));
}

}  // namespace
}  // namespace boxtest
