#include "report/MergeReports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "report/HtmlReport.hpp"
#include "report/JunitXml.hpp"
#include "report/ReportJson.hpp"
#include "report/ReportReader.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/report/MixedReport.hpp"

namespace boxtest {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const Catalogue& twoClaims() {
    static const auto all = Catalogue::parse(R"({
        "claims": [{"claim": "a", "section": "One", "promise": "A."}, {"claim": "b", "section": "One", "promise": "B."}],
        "scenarios": [{"scenario": "A.one", "claim": "a"}, {"scenario": "A.two", "claim": "a"}, {"scenario": "B.three", "claim": "b"}]})");
    return all;
}

struct Shards : testing::Test {
    /// The report of a run on a guest, of the scenarios that the filter selects. The scenario `failed` has failed.
    static json runOf(const std::string& filter, const std::string& shard, const std::string& guest = "guest-1",
                      const std::string& failed = "") {
        RunReport report(twoClaims().select(filter), twoClaims());
        for (const auto& name : report.remaining())
            report.ended({.scenario = name,
                          .claim = {},
                          .verdict = name == failed ? Verdict::failed : Verdict::passed,
                          .duration = std::chrono::seconds(2),
                          .failures = name == failed ? std::vector<std::string>{"a.cpp:1\nno"} : std::vector<std::string>{}});
        RunFacts facts;
        facts.boxtest = "0.2.0";
        facts.shard = shard;
        facts.host.name = "host-" + shard.substr(0, 1);
        facts.tested.id = guest;
        facts.tested.accelerator = shard.starts_with("1") ? "kvm" : "tcg";
        return json::parse(reportJson(report, std::chrono::seconds(shard.starts_with("1") ? 10 : 20), facts));
    }

    static json merge(std::vector<json> reports) {
        std::vector<NamedReport> named;
        for (auto& one : reports) named.push_back({.name = "run " + std::to_string(named.size() + 1), .json = &one});
        return mergeReports(named);
    }
};

TEST_F(Shards, AreOneReportInWhichEveryClaimIsJudgedAnew) {
    const auto whole = merge({runOf("A.one", "1/2"), runOf("A.two:B.three", "2/2")});
    EXPECT_EQ(whole.at("exit_status"), 0);
    EXPECT_EQ(whole.at("seconds"), 20.0);
    EXPECT_EQ(whole.at("counts").at("passed"), 3);
    const auto& claim = whole.at("claims")[0];
    EXPECT_EQ(claim.at("verdict"), "proven") << "each run alone has left one out";
    EXPECT_EQ(claim.at("left_out"), json::array());
    EXPECT_EQ(claim.at("counts").at("passed"), 2);
    EXPECT_EQ(whole.at("tested").at("id"), "guest-1");
    EXPECT_EQ(whole.at("tested").at("accelerator"), "kvm; tcg");
    EXPECT_EQ(whole.at("run").at("shards")[1].at("host").at("name"), "host-2");
    const auto read = ReadReport::of(whole);
    EXPECT_THAT(
        junitXml(read.report, read.duration, read.facts),
        AllOf(HasSubstr("tests=\"3\" failures=\"0\" errors=\"0\" time=\"20.000\""), HasSubstr("name=\"two\" time=\"2.000\"")));
}

TEST_F(Shards, EachFailureKeepsTheCommandThatBringsItsMachineBack) {
    auto one = runOf("A.one", "1/2", "guest-1", "A.one"), two = runOf("A.two:B.three", "2/2", "guest-1", "A.two");
    one["run"]["resume"] = "nix run . -- resume /nix/store/one";
    for (auto* run : {&one, &two})
        for (auto& scenario : (*run)["claims"][0]["scenarios"]) scenario["kept"] = "/kept";
    const auto whole = merge({one, two});
    const auto read = ReadReport::of(whole);
    for (const auto& text : {junitXml(read.report, read.duration, read.facts), htmlReport(whole)})
        EXPECT_THAT(text, AllOf(HasSubstr("nix run . -- resume /nix/store/one A.one"), HasSubstr("boxtest resume A.two")));
}

TEST_F(Shards, AFailureInOneIsAFailureOfAll) {
    const auto whole = merge({runOf("A.one", "1/2"), runOf("A.two:B.three", "2/2", "guest-1", "A.two")});
    EXPECT_EQ(whole.at("exit_status"), 1);
    EXPECT_EQ(whole.at("claims")[0].at("verdict"), "broken");
    EXPECT_EQ(whole.at("claims")[1].at("verdict"), "proven");
}

TEST_F(Shards, AMissingOneMakesItIncomplete) {
    const auto whole = merge({runOf("A.one", "1/3"), runOf("A.two", "3/3")});
    EXPECT_EQ(whole.at("exit_status"), 3);
    EXPECT_EQ(whole.at("stopped"), "the results of shard 2/3 are missing");
    EXPECT_EQ(whole.at("claims")[1].at("verdict"), "not run");
}

TEST_F(Shards, OfDifferentGuestsAreRefused) {
    EXPECT_EQ(errorOf<UsageError>([] {
                  merge({runOf("A.one", "1/2"), runOf("A.two", "2/2", "guest-2")});
              }),
              "'run 1' and 'run 2' are of different guests (guest-1 and guest-2): they are not joined");
}

TEST_F(Shards, ThatOverlapAreRefused) {
    EXPECT_EQ(errorOf<UsageError>([] {
                  merge({runOf("A.*", "1/2"), runOf("A.two", "2/2")});
              }),
              "'run 1' and 'run 2' overlap: both have A.two");
}

TEST_F(Shards, OfAnotherBoxtestsScenariosAreRefused) {
    auto other = runOf("A.two", "2/2");
    other.at("claims")[0].at("left_out").push_back("A.new");
    EXPECT_THAT(errorOf<UsageError>([&] {
                    merge({runOf("A.one", "1/2"), other});
                }),
                HasSubstr("know different claims or scenarios"));
}

TEST_F(Shards, WhatIsNoReportIsRefusedByName) {
    EXPECT_THAT(errorOf<UsageError>([] {
                    merge({runOf("A.one", "1/2"), json{{"sabotages", 1}}});
                }),
                "'run 2' is no report of boxtest: it has no claims");
    auto odd = runOf("A.two", "2/2");
    odd.at("claims")[0].at("scenarios") = "none";
    EXPECT_THAT(errorOf<UsageError>([&] {
                    merge({runOf("A.one", "1/2"), odd});
                }),
                StartsWith("'run 2' is no report of boxtest: a value is missing or has another type ("));
}

TEST(ReadReport, HasAllThatTheJunitFileShows) {
    const auto report = [] {
        auto mixed = mixedReport();
        mixed.stopped("QEMU died");
        return mixed;
    }();
    RunFacts facts;
    facts.boxtest = "0.2.0";
    facts.command = "boxtest run";
    facts.resume = "nix run . -- resume /nix/store/x";
    facts.begun = std::chrono::system_clock::from_time_t(1795783217);
    facts.host.name = "builder";
    facts.tested.id = "04ee6bcc8f0d";
    facts.tested.versions = {{"odoo", "19.0"}};
    const auto read = ReadReport::of(json::parse(reportJson(report, std::chrono::seconds(7), facts)));
    EXPECT_EQ(junitXml(read.report, read.duration, read.facts), junitXml(report, std::chrono::seconds(7), facts));
    EXPECT_EQ(read.report.exitCode(), ExitCode::machineFailed);
}

}  // namespace
}  // namespace boxtest
