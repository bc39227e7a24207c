#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Poll.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Run : public UpFixture {
   protected:
    void tell(const std::string& behaviour) { setEnvironment("BOXTEST_FAKE_SCENARIOS", behaviour); }

    /// Starts a run in which this scenario hangs, and waits until it does.
    Process startHanging(const std::string& scenario) {
        tell("hang=" + scenario);
        setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string());
        auto run = start({"run"});
        waitUntil("the scenarios program runs", [&] { return std::filesystem::exists(home() / "worker"); });
        worker_ = std::stoi(readWholeFile(home() / "worker"));
        return run;
    }
    pid_t worker_ = 0;
};

TEST_F(Run, UsesTheMachineThatIsUpAndSaysSo) {
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("using the machine that is up (guest 0123456789ab, tcg)"),
                                  HasSubstr("ok      TcpRefused.NoListener (0.2 s)")));
    EXPECT_THAT(result.out, HasSubstr("4 passed, 0 failed, 0 not run of 4 scenarios"));
    EXPECT_THAT(readWholeFile(home() / "cache" / "boxtest" / "durations.json"), HasSubstr("\"TcpRefused.NoListener\": 0."));
}

TEST_F(Run, QuicklyMeansOneScenarioAClaimAndSaysWhatWasLeftOut) {
    const auto result = boxtest({"run", "--quick"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("2 passed, 0 failed, 0 not run of 2 scenarios"));
    EXPECT_THAT(result.err, HasSubstr("--quick left out 2 of 4 scenarios"));
}

TEST_F(Run, AFailureIsStatusOneAndInTheJunitFile) {
    tell("fail=PeerAuth.Matrix");
    const auto junit = home() / "results.xml";
    const auto result = boxtest({"run", "--junit", junit.string()});
    EXPECT_EQ(result.status.code, 1);
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("FAILED PeerAuth.Matrix (peer-auth)"), HasSubstr("Expected <nothing> & got \xC3\xBC\\x1b[31m"),
                      HasSubstr("3 passed, 1 failed, 0 not run")));
    EXPECT_THAT(readWholeFile(junit), HasSubstr("<testsuites name=\"boxtest\" tests=\"4\" failures=\"1\" errors=\"0\""));
}

TEST_F(Run, ThePageLiesInTheRunsFolderAndReportWritesItAgain) {
    tell("gap=PeerAuth.Matrix");
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    const auto at = result.out.find("\nreport: ");
    ASSERT_NE(at, std::string::npos) << result.out;
    const std::filesystem::path page = result.out.substr(at + 9, result.out.find('\n', at + 9) - at - 9);
    EXPECT_THAT(result.out.substr(result.out.find('\n', at + 9)), testing::MatchesRegex("\n[^\n]* of 4 scenarios in [^\n]*\n"));
    EXPECT_THAT(readWholeFile(page),
                AllOf(HasSubstr("<h1>Kept, as far as tried</h1>"), HasSubstr("She may do it."), HasSubstr("0123456789ab")));
    std::filesystem::remove(page);
    const auto again = boxtest({"report"});
    EXPECT_EQ(again.status.code, 0) << again.err;
    EXPECT_EQ(again.out, page.string() + "\n");
    EXPECT_THAT(readWholeFile(page), HasSubstr("<h1>Kept, as far as tried</h1>"));
    const auto elsewhere = home() / "page.html";
    for (const auto& run :
         {page.parent_path().string(), page.parent_path().filename().string(), (page.parent_path() / "report.json").string()}) {
        std::filesystem::remove(elsewhere);
        EXPECT_EQ(boxtest({"report", run, "--html", elsewhere.string()}).status.code, 0) << run;
        EXPECT_EQ(readWholeFile(elsewhere), readWholeFile(page)) << run;
    }
    EXPECT_EQ(boxtest({"report", "no-such-run"}).status.code, 2);
}

TEST_F(Run, ResultsOnStandardOutputStandAloneThere) {
    const auto run = boxtest({"run", "--json", "-"});
    EXPECT_EQ(run.status.code, 0) << run.err;
    EXPECT_EQ(nlohmann::json::parse(run.out).at("counts").at("passed"), 4);
    EXPECT_THAT(run.err, HasSubstr("4 passed, 0 failed"));
    const auto page = boxtest({"report", "--html", "-"});
    EXPECT_EQ(page.status.code, 0) << page.err;
    EXPECT_THAT(page.out, AllOf(testing::StartsWith("<!DOCTYPE html>"), testing::EndsWith("</html>\n")));
    const auto markdown = boxtest({"report", "--markdown", "-"});
    EXPECT_THAT(markdown.out, Not(HasSubstr("4 passed, 0 failed, 0 not run of 4 scenarios")));
    EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST_F(Run, TwoResultsInOneFileAreRefusedBeforeTheRun) {
    const auto file = (home() / "result").string();
    const auto run = boxtest({"run", "--json", file, "--junit", file});
    EXPECT_EQ(run.status.code, 2);
    EXPECT_THAT(run.err, AllOf(HasSubstr("is the same place"), Not(HasSubstr("using the machine"))));
    EXPECT_EQ(boxtest({"run"}).status.code, 0);
    EXPECT_EQ(boxtest({"report", "--json", file, "--html", file}).status.code, 2);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Run, HtmlNamesThePage) {
    const auto page = home() / "deep" / "page.html";
    const auto result = boxtest({"run", "--html", page.string()});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("\nreport: " + page.string() + "\n"));
    EXPECT_THAT(readWholeFile(page), HasSubstr("<h1>Kept, as far as tried</h1>"));
}

TEST_F(Run, ReportReadsAFifo) {
    ASSERT_EQ(boxtest({"run", "--json", (home() / "run.json").string()}).status.code, 0);
    const auto json = readWholeFile(home() / "run.json");
    const auto page = home() / "page.html";
    const auto result = boxtest({"report", "/dev/stdin", "--html", page.string()}, json);
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(readWholeFile(page), HasSubstr("PeerAuth.Matrix"));
    const auto nowhere = boxtest({"report", "/dev/stdin"}, json);
    EXPECT_EQ(nowhere.status.code, 2);
    EXPECT_THAT(nowhere.err, HasSubstr("--html FILE"));
}

TEST_F(Run, AKnownGapIsNoSuccessAndNoFailure) {
    tell("gap=PeerAuth.Matrix");
    const auto report = home() / "report.json";
    const auto result = boxtest({"run", "--json", report.string()});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(readWholeFile(report), HasSubstr("\"gap\": \"She may do it.\""));
    EXPECT_THAT(result.out, HasSubstr("claim               verdict    scenarios\n"
                                      "tcp-refused         proven     2\n"
                                      "peer-auth           known gap  1 passed, 1 known gap\n"
                                      "    known gap: Matrix\n"
                                      "    exposure x.service: 0.4\n"
                                      "names-configurable  not run    by another run: boxtest list --claims\n"));
    EXPECT_THAT(result.err, HasSubstr("gap     PeerAuth.Matrix (0.2 s)"));
    EXPECT_THAT(result.out, AllOf(HasSubstr("KNOWN GAP PeerAuth.Matrix (peer-auth)\n    She may do it.\n"),
                                  HasSubstr("/attachments/PeerAuth.Matrix/matrix.txt\n"),
                                  HasSubstr("3 passed, 1 known gap, 0 failed, 0 not run of 4 scenarios")));
}

TEST_F(Run, AFilterRunsOnlyWhatItMeans) {
    const auto result = boxtest({"run", "peer-auth:-*Root"});
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.out, AllOf(HasSubstr("peer-auth  not run    1 passed, 1 left out\n\n"),
                                  HasSubstr("1 passed, 0 failed, 0 not run of 1 scenarios")));
    EXPECT_THAT(result.err, Not(HasSubstr("TcpRefused")));
}

TEST_F(ProgramFixture, ListOnlyPrintsWhatIsMeantWithoutAMachine) {
    const auto result = boxtest({"run", "--list-only", "peer-auth:TcpRefused.L*:-slow"});
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_EQ(result.out, "TcpRefused.Loopback\nPeerAuth.Matrix\n");
    EXPECT_EQ(boxtest({"run", "--list-only", "--quick"}).out, "TcpRefused.NoListener\nPeerAuth.Matrix\n");
    EXPECT_EQ(boxtest({"run", "--list-only", "--shard", "1/2"}).out, "TcpRefused.Loopback\nPeerAuth.Root\n");
    EXPECT_EQ(boxtest({"run", "--list-only", "--shard", "2/2"}).out, "TcpRefused.NoListener\nPeerAuth.Matrix\n");
    EXPECT_EQ(boxtest({"run", "--list-only", "--shard", "3/2"}).status.code, 2);
    EXPECT_EQ(boxtest({"run", "--list-only", "--shard", "1/5"}).status.code, 2) << "a shard would be empty";
    EXPECT_EQ(boxtest({"run", "--durations", "x.json"}).status.code, 2);
    EXPECT_FALSE(std::filesystem::exists(home() / "cache" / "boxtest" / "runs"));
}

TEST_F(Run, ShardsAreJoinedByReport) {
    tell("fail=PeerAuth.Matrix");
    std::vector<std::string> files;
    for (const auto* shard : {"1/2", "2/2"}) {
        files.push_back((home() / ("shard-" + std::string(shard, 1) + ".json")).string());
        const auto result = boxtest({"run", "--shard", shard, "--json", files.back()});
        EXPECT_THAT(result.out, HasSubstr(" of 2 scenarios in ")) << result.err;
    }
    const auto joined =
        boxtest({"report", files[0], files[1], "--html", (home() / "all.html").string(), "--junit", (home() / "all.xml").string(),
                 "--json", (home() / "all.json").string(), "--markdown", (home() / "all.md").string()});
    EXPECT_EQ(joined.status.code, 1) << joined.err;
    EXPECT_THAT(joined.out, AllOf(HasSubstr("tcp-refused         proven     2\n"),
                                  HasSubstr("3 passed, 1 failed, 0 not run of 4 scenarios")));
    EXPECT_THAT(readWholeFile(home() / "all.html"), AllOf(HasSubstr("<h1>Broken</h1>"), HasSubstr("Joined from")));
    EXPECT_THAT(readWholeFile(home() / "all.xml"),
                HasSubstr("<testsuites name=\"boxtest\" tests=\"4\" failures=\"1\" errors=\"0\""));
    EXPECT_THAT(readWholeFile(home() / "all.md"), HasSubstr("| tcp&#45;refused | ✅ proven | 2 | It is so. |\n"));
    // A joined report can be used like any other report.
    EXPECT_EQ(boxtest({"report", (home() / "all.json").string(), "--html", (home() / "again.html").string()}).status.code, 0);
    EXPECT_EQ(readWholeFile(home() / "again.html"), readWholeFile(home() / "all.html"));
    // The durations of that run divide the next run into shards.
    const auto shard = boxtest({"run", "--list-only", "--shard", "1/2", "--durations", (home() / "all.json").string()});
    EXPECT_EQ(shard.status.code, 0) << shard.err;
    const auto twice = boxtest({"report", files[0], files[0]});
    EXPECT_EQ(twice.status.code, 2);
    EXPECT_THAT(twice.err, HasSubstr("overlap: both have TcpRefused.Loopback"));
}

TEST_F(Run, AFilterThatMeansNothingIsAUsageError) {
    const auto result = boxtest({"run", "tcp-opened"});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("no scenario fits 'tcp-opened'; the claims are: peer-auth, tcp-refused"));
}

TEST_F(Run, ACrashFailsItsScenarioAndTheRestStillRuns) {
    tell("crash=TcpRefused.Loopback");
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 1);
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("FAILED TcpRefused.Loopback"), HasSubstr("was killed by signal 11"),
                      HasSubstr("about to crash in TcpRefused.Loopback"), HasSubstr("3 passed, 1 failed, 0 not run")));
}

TEST_F(Run, AHangFailsItsScenarioAndTheRestStillRuns) {
    tell("hang=TcpRefused.Loopback");
    const auto result = boxtest({"run", "--scenario-limit", "2"});
    EXPECT_EQ(result.status.code, 1);
    EXPECT_THAT(result.out, AllOf(HasSubstr("it did not end within 2 s"), HasSubstr("3 passed, 1 failed, 0 not run")));
}

TEST_F(Run, AMachineThatFailsLeavesTheRestNotRun) {
    auto run = startHanging("TcpRefused.Loopback");
    failMachine("Kernel panic - not syncing");
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("1 passed, 0 failed, 3 not run"), HasSubstr("TcpRefused.Loopback (begun, not finished)"),
                      HasSubstr("The run was stopped:\n    Kernel panic - not syncing")));
    EXPECT_NE(::kill(worker_, 0), 0) << "the scenarios program lives on";
}

TEST_F(Run, AScenarioThatFailsBecauseQemuDiedIsNotBlamed) {
    auto qemu = Process::start({"sleep", "1000"});
    info_.qemuPid = qemu.pid();
    upAgain();
    tell("fail=TcpRefused.Loopback");
    setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string());
    qemu.signal(SIGKILL);
    auto run = start({"run"});
    waitUntil("the scenarios program runs", [&] { return std::filesystem::exists(home() / "worker"); });
    failMachine("QEMU was killed");
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("0 failed"), HasSubstr("QEMU was killed"), Not(HasSubstr("FAILED"))));
}

TEST_F(Run, CtrlCEndsTheScenariosProgramAndReportsWhatWasDone) {
    auto run = startHanging("PeerAuth.Matrix");
    run.signal(SIGINT);
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 130);
    EXPECT_THAT(result.out, AllOf(HasSubstr("2 passed, 0 failed, 2 not run"), HasSubstr("interrupted (SIGINT)")));
    EXPECT_NE(::kill(worker_, 0), 0) << "the scenarios program lives on";
    EXPECT_EQ(status().at("state"), "ready") << "the machine that is up stays";
}

TEST_F(Run, OfTwoOnTheMachineThatIsUpTheSecondWaits) {
    auto first = startHanging("TcpRefused.Loopback");
    tell("");
    auto second = start({"run"});
    std::string said;
    std::array<char, 4096> buffer{};
    while (said.find("waiting for another `boxtest run`") == std::string::npos) {
        waitFor(second.error().get(), POLLIN, soon(), "the second to say that it waits");
        const auto got = ::read(second.error().get(), buffer.data(), buffer.size());
        ASSERT_GT(got, 0) << said;
        said.append(buffer.data(), static_cast<std::size_t>(got));
    }
    EXPECT_THAT(said, Not(HasSubstr("ok      "))) << "it runs beside the first";
    EXPECT_EQ(boxtest({"status"}).status.code, 0) << "only runs wait";
    first.signal(SIGINT);
    EXPECT_EQ(finish(first).status.code, 130);
    const auto result = finish(second);
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("4 passed, 0 failed, 0 not run of 4 scenarios"));
}

TEST_F(Run, OneThatWaitsForTheMachineEndsWithIt) {
    auto first = startHanging("TcpRefused.Loopback");
    tell("");
    auto second = start({"run"});
    waitFor(second.error().get(), POLLIN, soon(), "the second to begin");
    failMachine("Kernel panic - not syncing");
    const auto result = finish(second);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, HasSubstr("0 failed, 4 not run"));
    EXPECT_EQ(finish(first).status.code, 3);
}

TEST_F(Run, ScenariosThatAreForgottenAreNotRun) {
    tell("forget=PeerAuth.Root");
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("NOT RUN: 1 of 4\n    PeerAuth.Root"), HasSubstr("did not run them")));
}

TEST_F(Run, AProgramThatStopsBetweenScenariosLeavesTheRestNotRun) {
    tell("stop=PeerAuth.Matrix");
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("exited with status 4"), HasSubstr("stopping early"),
                                  HasSubstr("2 passed, 0 failed, 2 not run")));
}

TEST_F(Run, AProgramThatBreaksTheProtocolIsNotBelieved) {
    tell("garbage");
    EXPECT_EQ(boxtest({"run"}).status.code, 3);
    tell("stray");
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, HasSubstr("'Other.Thing', which was not asked for"));
}

TEST_F(Run, AListThatCannotBeReadIsNoUsageError) {
    tell("list-garbage");
    EXPECT_EQ(boxtest({"run"}).status.code, 3);
    tell("list-fails");
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("a suite belongs to no claim"));
}

TEST_F(Run, AnotherGuestThanTheOneThatIsUpIsRefused) {
    const FakeGuest other;
    const auto result = boxtest({"run", "--guest", other.folder().string()});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("it has another guest"));
    EXPECT_EQ(boxtest({"run", "--accel", "kvm"}).status.code, 2);
    EXPECT_EQ(boxtest({"run", "--accel", "tcg"}).status.code, 0);
    setEnvironment("BOXTEST_GUEST", other.folder().string());
    const auto named = boxtest({"run"});
    EXPECT_EQ(named.status.code, 2);
    EXPECT_THAT(named.err, HasSubstr("it has another guest"));
}

TEST_F(Run, FreshBootsAMachineOfItsOwnAndTellsWhyItDied) {
    const KeyedGuest panicking("fake.panic-after-ports");
    const auto junit = home() / "results.xml";
    const auto result =
        boxtest({"run", "--fresh", "--accel", "tcg", "--guest", panicking.folder().string(), "--junit", junit.string()});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("Kernel panic - not syncing"), HasSubstr("0 passed, 0 failed, 4 not run")));
    EXPECT_THAT(readWholeFile(junit), HasSubstr("errors=\"4\""));
    EXPECT_TRUE(qemus().empty());
    EXPECT_EQ(status().at("state"), "ready") << "the machine that is up stays";
}

TEST_F(Run, CtrlCWhileItBootsLeavesNothing) {
    const KeyedGuest slow;
    auto run = start({"run", "--fresh", "--accel", "tcg", "--guest", slow.folder().string()});
    waitUntil("QEMU runs", [&] { return !qemus().empty(); });
    run.signal(SIGHUP);
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 130);
    EXPECT_THAT(result.out, AllOf(HasSubstr("4 not run"), HasSubstr("interrupted (SIGHUP)")));
    EXPECT_TRUE(qemus().empty());
    EXPECT_TRUE(std::filesystem::is_empty(home() / "tmp"));
}

TEST_F(ProgramFixture, RunWithoutAGuestTellsTheCommandToType) {
    const auto result = boxtest({"run"});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("ci/debian-guest/build"));
}

}  // namespace
}  // namespace boxtest
