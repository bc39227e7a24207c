#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/AtomicFile.hpp"
#include "base/Poll.hpp"
#include "unit/schedule/ForkRunnerFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// All but the last scenario leave their machine as it was.
class ForkReuseTest : public ForkRunnerTest {
   protected:
    ForkReuseTest() {
        options_.reuses = [](const std::string& scenario) { return scenario != "PeerAuth.Root"; };
    }
    std::size_t forks() const {
        std::istringstream lines(trace());
        std::size_t count = 0;
        for (std::string scenario, what; lines >> scenario >> what;) count += what == "prepared" ? 1 : 0;
        return count;
    }
    std::string outputOf(const std::string& scenario) const { return readWholeFile(options_.outputOf(scenario)); }
};

TEST_F(ForkReuseTest, TheNextRunsOnTheForkOfTheLastOne) {
    const auto report = run("memory=70000000");
    EXPECT_EQ(report.counts(), (Counts{4, 0, 0}));
    EXPECT_EQ(forks(), 2U) << trace();
    EXPECT_THAT(shown(), ElementsAre("ok      TcpRefused.NoListener", "ok      TcpRefused.Loopback", "ok      PeerAuth.Matrix",
                                     "ok      PeerAuth.Root"));
    EXPECT_EQ(outputOf("PeerAuth.Matrix"), "worker of PeerAuth.Matrix on /the/template after TcpRefused.Loopback\n");
    EXPECT_THAT(trace(), HasSubstr("PeerAuth.Matrix released")) << "the fork has ended in good order";
}

TEST_F(ForkReuseTest, WithTwoJobsThereAreTwoForksForIt) {
    options_.jobs = 2;
    EXPECT_EQ(run("two").exitCode(), ExitCode::good);
    EXPECT_EQ(mostAtOnce(), 2);
    EXPECT_EQ(forks(), 3U) << trace();
}

TEST_F(ForkReuseTest, AfterAFailureThereIsANewFork) {
    const auto report = run("fail=TcpRefused.NoListener");
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
    EXPECT_EQ(forks(), 3U) << trace();
    EXPECT_THAT(outputOf("TcpRefused.Loopback"), Not(HasSubstr("after")));
    EXPECT_TRUE(std::filesystem::exists(resultOf(report, "TcpRefused.NoListener").kept));
}

TEST_F(ForkReuseTest, WhoFailsOnAReusedForkFailsOnANewOneWhichIsKept) {
    const auto report = run("fail=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
    EXPECT_THAT(trace(), HasSubstr("TcpRefused.Loopback discard\n"));
    EXPECT_THAT(trace(), HasSubstr("TcpRefused.Loopback keep\n"));
    const auto& result = resultOf(report, "TcpRefused.Loopback");
    EXPECT_TRUE(std::filesystem::exists(result.kept));
    EXPECT_THAT(result.failures, ElementsAre(testing::EndsWith("boxtest resume TcpRefused.Loopback")));
    EXPECT_THAT(log_.lines(),
                Contains("TcpRefused.Loopback: failed on a machine that others had before; running it on a new one"));
}

TEST_F(ForkReuseTest, WhoFailsOnAReusedForkOnlyHasFailed) {
    const auto report = run("fail-reused=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
    EXPECT_THAT(resultOf(report, "TcpRefused.Loopback").failures,
                ElementsAre(AllOf(StartsWith("it passed on a new machine, but not on one that others had before:\n"),
                                  HasSubstr("scenarios/X.cpp:12"))));
    EXPECT_THAT(shown(), Contains("FAILED  TcpRefused.Loopback"));
}

TEST_F(ForkReuseTest, WhatIsSaidOfAFailureOnAReusedForkOnlyComesFromThere) {
    const auto report = run("fail-reused=TcpRefused.Loopback");
    EXPECT_EQ(resultOf(report, "TcpRefused.Loopback").journal, "of a reused fork");
}

TEST_F(ForkReuseTest, WhoFailsOnAReusedForkAndGetsNoNewOneHasFailed) {
    for (const auto* how : {"unforkable=TcpRefused.Loopback", "machine-fails=TcpRefused.Loopback"}) {
        const auto report = run(std::string("fail-reused=TcpRefused.Loopback ") + how);
        EXPECT_EQ(report.counts(), (Counts{3, 1, 0})) << how;
        EXPECT_THAT(
            resultOf(report, "TcpRefused.Loopback").failures,
            ElementsAre(AllOf(StartsWith("it failed on a machine that others had before, and was not finished on a new one ("),
                              HasSubstr("scenarios/X.cpp:12"))))
            << how;
    }
}

TEST_F(ForkReuseTest, WhoRunsAgainAttachesAgain) {
    const auto report = run("attach=TcpRefused.Loopback machine-fails-reused=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{4, 0, 0})) << testing::PrintToString(resultOf(report, "TcpRefused.Loopback").failures);
    EXPECT_EQ(readWholeFile(options_.attachments / "TcpRefused.Loopback" / "list.txt"), "on a new fork\n");
}

TEST_F(ForkReuseTest, TheEndOfAForkOnWhichOneRanAgainIsNoSurprise) {
    run("fail=TcpRefused.Loopback");
    EXPECT_THAT(log_.lines(), Not(Contains(StartsWith("after TcpRefused.Loopback: "))));
}

TEST_F(ForkReuseTest, WhoLostAReusedForkFailsOnItsOwnOnce) {
    const auto report = run("lost=TcpRefused.Loopback fail=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
    EXPECT_THAT(trace(), Not(HasSubstr("TcpRefused.Loopback discard")));
    EXPECT_TRUE(std::filesystem::exists(resultOf(report, "TcpRefused.Loopback").kept));
}

TEST_F(ForkReuseTest, AForkThatNobodyCouldTakeOverIsNotOffered) {
    for (const std::size_t jobs : {1, 2}) {
        options_.jobs = jobs;
        std::vector<CatalogueEntry> plan{{"PeerAuth.Matrix", "peer-auth", "", {}}, {"PeerAuth.Root", "peer-auth", "", {}}};
        if (jobs == 2) plan.push_back({"TcpRefused.Loopback", "tcp-refused", "", {}});
        EXPECT_EQ(run("dies-reusable=PeerAuth.Matrix", std::move(plan)).exitCode(), ExitCode::good);
        EXPECT_THAT(log_.lines(), Not(Contains(StartsWith("after PeerAuth.Matrix: "))));
    }
}

TEST_F(ForkReuseTest, AForkThatHasGrownTooLargeIsNotReused) {
    const auto forksWith = [&](std::size_t jobs, std::uint64_t limit, const std::string& memory) {
        options_.jobs = jobs;
        options_.memoryLimit = limit;
        std::ofstream(folder_.path() / "trace", std::ios::trunc);
        EXPECT_EQ(run("memory=" + memory).counts(), (Counts{4, 0, 0}));
        return forks();
    };
    EXPECT_EQ(forksWith(1, 0, "700000000"), 2U) << "the host has it";
    EXPECT_EQ(forksWith(1, 200'000'000, "150000000"), 2U) << "it has its share of the memory";
    EXPECT_EQ(forksWith(2, 200'000'000, "150000000"), 4U) << "more than its share";
    EXPECT_THAT(log_.lines(), Not(Contains(StartsWith("after "))));
}

TEST_F(ForkReuseTest, WhileTheHostIsShortOfMemoryNoForkIsReused) {
    const auto proc = folder_.path() / "host" / "proc";
    std::filesystem::create_directories(proc);
    options_.host = HostResources(folder_.path() / "host");
    for (const auto& [free, forkCount] : {std::pair("9000000", 2U), std::pair("400000", 4U)}) {
        std::ofstream(proc / "meminfo", std::ios::trunc) << "MemAvailable: " << free << " kB\n";
        std::ofstream(folder_.path() / "trace", std::ios::trunc);
        EXPECT_EQ(run("").counts(), (Counts{4, 0, 0}));
        EXPECT_EQ(forks(), forkCount) << free << "\n" << trace();
    }
}

TEST_F(ForkReuseTest, AReusedMachineThatFailsCostsNoVerdict) {
    const auto report = run("machine-fails-reused=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{4, 0, 0}));
    EXPECT_THAT(log_.lines(),
                Contains("TcpRefused.Loopback: not finished on a machine that others had before; running it on a new one"));
}

TEST_F(ForkReuseTest, AForkThatIsLostBetweenTwoScenariosCostsNoVerdict) {
    for (const auto* how : {"dies-reusable=TcpRefused.NoListener", "lost=TcpRefused.Loopback", "unusable=TcpRefused.Loopback"}) {
        std::ofstream(folder_.path() / "trace", std::ios::trunc);
        const auto report = run(how);
        EXPECT_EQ(report.counts(), (Counts{4, 0, 0})) << how << "\n" << trace();
        EXPECT_EQ(forks(), 3U) << how << "\n" << trace();
    }
    EXPECT_THAT(log_.lines(), Contains("TcpRefused.Loopback: no machine (QEMU has ended); trying once more"));
}

TEST_F(ForkReuseTest, ACrashOnAReusedForkIsOneFailedScenario) {
    const auto report = run("crash=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
    EXPECT_THAT(resultOf(report, "TcpRefused.Loopback").failures,
                ElementsAre(HasSubstr("about to crash in TcpRefused.Loopback")));
}

TEST_F(ForkReuseTest, WhoRunsAgainDuringAnInterruptionHasFailed) {
    options_.scenarioLimit = std::chrono::seconds(600);
    const ScopedVariable pid("BOXTEST_FAKE_SCENARIOS_PID", (folder_.path() / "pid").string());
    std::thread interrupter([&] {
        while (!std::filesystem::exists(folder_.path() / "pid"))
            pauseBetweenTries(std::chrono::milliseconds(20), Deadline::in(std::chrono::minutes(1)));
        failure_.declare("interrupted (SIGINT)");
    });
    const auto report = run("fail-reused=TcpRefused.Loopback hang-new=TcpRefused.Loopback");
    interrupter.join();
    EXPECT_THAT(resultOf(report, "TcpRefused.Loopback").failures,
                ElementsAre(AllOf(StartsWith("it failed on a machine that others had before, and was not finished on a new one "
                                             "(the run ended before):\n"),
                                  HasSubstr("scenarios/X.cpp:12"))));
    EXPECT_THAT(shown(), Contains("FAILED  TcpRefused.Loopback"));
}

TEST_F(ForkReuseTest, WhatAScenarioUsedIsRememberedForItAlone) {
    ConnectionHistory memory(folder_.path() / "connections.json");
    options_.connections = &memory;
    run("uses=TcpRefused.NoListener:admin uses=TcpRefused.Loopback:handyman");
    memory.save(log_);
    EXPECT_EQ(wordsOf(memory.of("TcpRefused.NoListener")), std::vector<std::string>{"admin"});
    EXPECT_EQ(wordsOf(memory.of("TcpRefused.Loopback")), std::vector<std::string>{"handyman"});
    EXPECT_TRUE(wordsOf(memory.of("PeerAuth.Matrix")).empty());
}

}  // namespace
}  // namespace boxtest
