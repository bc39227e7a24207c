#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Tests of `boxtest sabotage` without forks: the fake scenarios program is the worker, and the test writes the catalogue.
class SabotageTest : public ProgramFixture {
   protected:
    SabotageTest() {
        std::filesystem::create_directory(home() / "template");
        std::ofstream(home() / "template" / "template.json") << R"({"accelerator": "tcg"})";
        std::ofstream(home() / "trace");
        setEnvironment("BOXTEST_FAKE_TRACE", home().string());
        std::filesystem::create_directory(catalogue());
        std::ofstream(catalogue() / "functions.sh") << "";
        write(
            "[trust]\nkind = 'hba'\nbreaks = 'All are let in.'\nnotice = ['PeerAuth.Matrix']\nsays = 'Expected'\ndo = "
            "'true'\ncheck = 'true'\n");
    }

    std::filesystem::path catalogue() const { return home() / "sabotages"; }
    void write(const std::string& text) const { std::ofstream(catalogue() / "peer-auth.toml") << text; }
    void tell(const std::string& behaviour) { setEnvironment("BOXTEST_FAKE_SCENARIOS", behaviour); }
    std::vector<std::string> words(std::vector<std::string> more = {"--all"}) const {
        more.insert(more.begin(),
                    {"sabotage", "--template", (home() / "template").string(), "--catalogue", catalogue().string()});
        return more;
    }
};

TEST_F(SabotageTest, WhatIsNoticedIsKilledAndTheCleanMachineIsRunToo) {
    tell("fail=trust/PeerAuth.Matrix");
    const auto json = home() / "matrix.json";
    const auto result = boxtest(words({"trust", "--json", json.string()}));
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("killed        trust"), HasSubstr("1 killed, 0 survived of 1 sabotages"),
                                  HasSubstr("1 of 1 scenarios green")));
    EXPECT_THAT(result.err, AllOf(HasSubstr("ok      PeerAuth.Matrix"), HasSubstr("red     trust/PeerAuth.Matrix")));
    EXPECT_EQ(nlohmann::json::parse(readWholeFile(json)).at("result"), "good");
}

TEST_F(SabotageTest, ASurvivorIsNamedAndFails) {
    const auto result = boxtest(words());
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.out, HasSubstr("survived      trust: All are let in.\n    PeerAuth.Matrix: stayed green\n"));
}

TEST_F(SabotageTest, AWrongReasonFails) {
    write("[trust]\nkind = 'hba'\nbreaks = 'x'\nnotice = ['PeerAuth.Matrix']\nsays = 'let in'\ndo = 'true'\ncheck = 'true'\n");
    tell("fail=trust/PeerAuth.Matrix");
    const auto result = boxtest(words());
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.out, HasSubstr("PeerAuth.Matrix: says nothing that fits 'let in'"));
}

TEST_F(SabotageTest, WhatDoesNotTakeIsAnErrorAndTriedOnce) {
    write(
        "[trust]\nkind = 'hba'\nbreaks = 'x'\nnotice = ['PeerAuth.Matrix', 'PeerAuth.Root']\nsays = 'Expected'\ndo = "
        "'true'\ncheck = 'true'\n"
        "[other]\nkind = 'hba'\nbreaks = 'x'\nnotice = ['TcpRefused.Loopback']\nsays = 'Expected'\ndo = 'true'\ncheck = "
        "'true'\n");
    tell("untaken=trust/PeerAuth.Matrix untaken=trust/PeerAuth.Root fail=other/TcpRefused.Loopback");
    const auto result = boxtest(words());
    EXPECT_EQ(result.status.code, 3) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("did not take  trust"), HasSubstr("killed        other"),
                                  HasSubstr("1 killed, 0 survived, 1 did not take of 2"), Not(HasSubstr("The run was stopped"))));
    EXPECT_THAT(result.err, Not(HasSubstr("trying once more")));
}

TEST_F(SabotageTest, ARedCleanMachineFails) {
    tell("fail=trust/PeerAuth.Matrix fail=PeerAuth.Matrix");
    const auto result = boxtest(words());
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.out, HasSubstr("red without any sabotage: PeerAuth.Matrix"));
    EXPECT_EQ(boxtest(words({"--all", "--no-clean"})).status.code, 0);
}

TEST_F(SabotageTest, AllScenariosTellWhoElseNotices) {
    tell("fail=trust/PeerAuth.Matrix fail=trust/TcpRefused.Loopback");
    const auto result = boxtest(words({"--all", "--all-scenarios", "-j2"}));
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("+TcpRefused.Loopback PeerAuth.Matrix"),
                                  HasSubstr("No sabotage turns these red (2):\n    TcpRefused.NoListener\n    PeerAuth.Root\n")));
}

TEST_F(SabotageTest, QuietlyItTellsOfTroubleAndOfTheSumOnly) {
    write(
        "[trust]\nkind = 'hba'\nbreaks = 'All are let in.'\nnotice = ['PeerAuth.Matrix']\nsays = 'Expected'\ndo = 'true'\ncheck "
        "= 'true'\n"
        "[other]\nkind = 'hba'\nbreaks = 'x'\nnotice = ['TcpRefused.Loopback']\nsays = 'Expected'\ndo = 'true'\ncheck = "
        "'true'\n");
    tell("fail=trust/PeerAuth.Matrix");
    const auto result = boxtest(words({"--all", "--quiet"}));
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("green   other/TcpRefused.Loopback"), Not(HasSubstr("PeerAuth.Matrix")),
                                  Not(HasSubstr("waiting for"))));
    EXPECT_THAT(result.out, AllOf(HasSubstr("survived      other: x\n    TcpRefused.Loopback: stayed green\n"),
                                  HasSubstr("1 killed, 1 survived of 2 sabotages"), Not(HasSubstr("PeerAuth.Matrix"))));
}

TEST_F(SabotageTest, CtrlCLeavesNoWorkerAndTellsWhatIsKnown) {
    tell("hang=trust/PeerAuth.Matrix");
    setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string());
    auto run = start(words());
    waitUntil("a scenario hangs", [&] { return std::filesystem::exists(home() / "worker"); });
    run.signal(SIGINT);
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 130) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("not run       trust"), HasSubstr("interrupted (SIGINT)")));
    EXPECT_NE(::kill(std::stoi(readWholeFile(home() / "worker")), 0), 0) << "the worker lives on";
}

TEST_F(SabotageTest, WhatIsWrongInTheQuestionIsAUsageError) {
    const auto nothing = boxtest(words({}));
    EXPECT_EQ(nothing.status.code, 2);
    EXPECT_THAT(nothing.err, HasSubstr("name sabotages: an ID, --claim CLAIM, or --all"));
    EXPECT_THAT(boxtest(words({"nosuch"})).err, HasSubstr("there is no sabotage 'nosuch'"));
    EXPECT_THAT(boxtest(words({"--claim", "nosuch"})).err, HasSubstr("no sabotage breaks the claim 'nosuch'"));
    EXPECT_THAT(boxtest(words({"--all", "--part", "3/2"})).err, HasSubstr("--part '3/2' is no K/N"));
    write("[trust]\nkind = 'hba'\nbreaks = 'x'\nnotice = ['PeerAuth.None']\nsays = 'x'\ndo = 'true'\ncheck = 'true'\n");
    const auto unknown = boxtest(words());
    EXPECT_EQ(unknown.status.code, 2);
    EXPECT_THAT(unknown.err, HasSubstr("peer-auth.toml:1: [trust] wants 'PeerAuth.None' to notice"));
    write("[trust]\nkind = 'other'\n");
    EXPECT_EQ(boxtest(words()).status.code, 2);
}

TEST_F(SabotageTest, TheRealCatalogueNamesScenariosThatExist) {
    setEnvironment("BOXTEST_SCENARIOS", (std::filesystem::path(paths::program).parent_path() / "boxtest-scenarios").string());
    const auto result = boxtest({"sabotage", "--list", "--catalogue", paths::source("tests/sabotage")});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("hba-trusts-everybody"));
    const auto json = boxtest({"sabotage", "--list", "--json", "-", "--catalogue", paths::source("tests/sabotage")});
    EXPECT_EQ(json.status.code, 0) << json.err;
    const auto list = nlohmann::json::parse(json.out).at("sabotages");
    EXPECT_TRUE(std::any_of(list.begin(), list.end(), [](const auto& one) {
        return one.at("id") == "hba-trusts-everybody" && one.at("claim") == "peer-auth" && !one.at("notice").empty();
    })) << json.out;
}

}  // namespace
}  // namespace boxtest
