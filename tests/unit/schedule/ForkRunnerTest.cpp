#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include "Deadlines.hpp"
#include "base/AtomicFile.hpp"
#include "base/Poll.hpp"
#include "unit/schedule/ForkRunnerFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ForkRunnerTest, OneAfterTheOtherWithTheNextForkReady) {
    options_.scenarioLimit = std::chrono::seconds(60);
    // The first scenario ends only when the second one's fork is prepared.
    const auto report = run("ready=TcpRefused.NoListener:TcpRefused.Loopback");
    EXPECT_EQ(report.exitCode(), ExitCode::good);
    EXPECT_EQ(mostAtOnce(), 1);
    EXPECT_THAT(shown(), ElementsAre("ok      TcpRefused.NoListener", "ok      TcpRefused.Loopback", "ok      PeerAuth.Matrix",
                                     "ok      PeerAuth.Root"));
    EXPECT_DOUBLE_EQ(resultOf(report, "PeerAuth.Root").duration.count(), 0.25);
    EXPECT_DOUBLE_EQ(resultOf(report, "PeerAuth.Root").preparation.count(), 0.5);
    std::ostringstream output;
    output << std::ifstream(options_.outputOf("PeerAuth.Root")).rdbuf();
    EXPECT_EQ(output.str(), "worker of PeerAuth.Root on /the/template\n") << "no other's output is in between";
}

TEST_F(ForkRunnerTest, AsManyAtOnceAsThereAreJobs) {
    options_.jobs = 2;
    // Each scenario waits until two have begun.
    EXPECT_EQ(run("two").exitCode(), ExitCode::good);
    EXPECT_EQ(mostAtOnce(), 2);
}

TEST_F(ForkRunnerTest, ResultsAreInTheOrderOfThePlanWhateverEndsFirst) {
    options_.jobs = 4;
    run("after=TcpRefused.NoListener:PeerAuth.Root after=TcpRefused.Loopback:PeerAuth.Matrix fail=PeerAuth.Matrix");
    EXPECT_LT(trace().find("PeerAuth.Root ended"), trace().find("TcpRefused.NoListener ended"));
    EXPECT_THAT(shown(), ElementsAre("ok      TcpRefused.NoListener", "ok      TcpRefused.Loopback", "FAILED  PeerAuth.Matrix",
                                     "ok      PeerAuth.Root"));
}

TEST_F(ForkRunnerTest, WithMemoryForOneForkTheyRunOneAfterAnother) {
    options_.jobs = 4;
    options_.memoryLimit = 150'000'000;
    options_.forkMemory = 100'000'000;
    EXPECT_EQ(run("memory=100000000").exitCode(), ExitCode::good);
    EXPECT_EQ(mostAtOnce(), 1);
    EXPECT_THAT(log_.lines(), Contains(StartsWith("memory for 1 fork at a time only")).Times(1));
}

TEST_F(ForkRunnerTest, ACrashedWorkerIsOneFailedScenario) {
    const auto report = run("crash=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
    EXPECT_THAT(resultOf(report, "TcpRefused.Loopback").failures,
                ElementsAre(AllOf(HasSubstr("was killed by signal 11"), HasSubstr("about to crash in TcpRefused.Loopback"))));
}

TEST_F(ForkRunnerTest, AHangingWorkerIsOneFailedScenario) {
    // Only one scenario: on a slow host another one might also exceed the limit.
    options_.scenarioLimit = std::chrono::seconds(5);
    const auto report = run("hang=PeerAuth.Matrix", {{"PeerAuth.Matrix", "peer-auth", "", {}}});
    EXPECT_EQ(report.counts(), (Counts{0, 1, 0}));
    EXPECT_THAT(resultOf(report, "PeerAuth.Matrix").failures, ElementsAre(HasSubstr("did not end within 5 s, and was killed")));
}

TEST_F(ForkRunnerTest, TheWaitSaysHowMuchIsDoneAndHowLongTheRestTakes) {
    DurationHistory durations(folder_.path() / "durations.json");
    for (const auto* other : {"TcpRefused.NoListener", "TcpRefused.Loopback", "PeerAuth.Matrix"})
        durations.learn(other, std::chrono::seconds(1));
    durations.learn("PeerAuth.Root", std::chrono::hours(20));
    options_.durations = &durations;
    options_.jobs = 4;
    const auto seen = [&] {
        const auto waits = log_.waits();
        return std::any_of(waits.begin(), waits.end(), [](const std::string& what) {
            return what.starts_with("the rest (3 of 4 done, about ") && what.ends_with(" left): PeerAuth.Root");
        });
    };
    auto watching = std::async(std::launch::async, [&] {
        for (const auto deadline = soon(); !seen() && !deadline.expired();)
            pauseBetweenTries(std::chrono::milliseconds(20), Deadline::never());
        failure_.interrupt("enough was seen");
    });
    run("hang=PeerAuth.Root");
    watching.get();
    EXPECT_TRUE(seen()) << testing::PrintToString(log_.waits());
    EXPECT_DOUBLE_EQ(durations.of("PeerAuth.Matrix").value_or(std::chrono::seconds(0)).count(), 0.25);
    EXPECT_EQ(durations.of("PeerAuth.Root"), std::chrono::hours(20)) << "it did not pass";
}

TEST_F(ForkRunnerTest, WhatAPlannedNameMeansIsLookedUpAndNothingIsLearnedFromIt) {
    DurationHistory durations(folder_.path() / "durations.json");
    options_.durations = &durations;
    options_.orderOf = [](const std::string& planned) {
        return ForkRunnerOptions::Order{.scenario = planned.substr(planned.find('+') + 1)};
    };
    const auto report = run("", {{"cut+PeerAuth.Root", "peer-auth", "", {}}, {"PeerAuth.Matrix", "peer-auth", "", {}}});
    EXPECT_EQ(report.exitCode(), ExitCode::good);
    EXPECT_TRUE(durations.of("PeerAuth.Matrix"));
    EXPECT_FALSE(durations.of("cut+PeerAuth.Root"));
    EXPECT_FALSE(durations.of("PeerAuth.Root")) << "it ran on a machine that was changed for it";
}

TEST_F(ForkRunnerTest, AForkThatFailsOnceIsTriedOnceMore) {
    const auto report = run("unforkable-once=TcpRefused.Loopback");
    EXPECT_EQ(report.exitCode(), ExitCode::good);
    EXPECT_THAT(log_.lines(), Contains("TcpRefused.Loopback: no machine (no space left for an overlay); trying once more"));
}

TEST_F(ForkRunnerTest, AScenarioThatGetsNoForkIsNotRunAndTheRestIs) {
    const auto report = run("unforkable=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 0, 1}));
    EXPECT_EQ(report.exitCode(), ExitCode::machineFailed);
    EXPECT_THAT(resultOf(report, "TcpRefused.Loopback").failures, ElementsAre("no space left for an overlay"));
}

TEST_F(ForkRunnerTest, AWorkerThatDiesBeforeItsTurnIsNoFailedScenario) {
    const auto report = run("dies=PeerAuth.Root");
    EXPECT_EQ(report.counts(), (Counts{3, 0, 1}));
    EXPECT_THAT(resultOf(report, "PeerAuth.Root").failures,
                ElementsAre(AllOf(HasSubstr("exited with status 4"), HasSubstr("dying young"))));
}

TEST_F(ForkRunnerTest, AWorkerThatIsSilentIsKilledAndItsScenarioNotRun) {
    // Only one scenario: on a slow host another one might also exceed the limit.
    options_.preparationLimit = std::chrono::seconds(1);
    const auto report = run("silent=TcpRefused.NoListener", {{"TcpRefused.NoListener", "tcp-refused", "", {}}});
    EXPECT_EQ(report.counts(), (Counts{0, 0, 1}));
    EXPECT_THAT(resultOf(report, "TcpRefused.NoListener").failures, ElementsAre(HasSubstr("did not end within 1 s")));
}

TEST_F(ForkRunnerTest, TwoScenariosInARowWithoutAForkEndTheRun) {
    const auto report = run("unforkable=TcpRefused.NoListener unforkable=TcpRefused.Loopback unforkable=PeerAuth.Matrix");
    EXPECT_EQ(report.exitCode(), ExitCode::machineFailed);
    EXPECT_THAT(report.stopReason().value_or(""), HasSubstr("no machine could be had for two scenarios in a row: no space left"));
    EXPECT_EQ(report.counts().failed, 0U);
    EXPECT_GE(report.counts().notRun, 2U);
}

TEST_F(ForkRunnerTest, AMachineThatFailsMakesItsScenarioNotRunAndNoOther) {
    const auto report = run("machine-fails=TcpRefused.Loopback");
    EXPECT_EQ(report.counts(), (Counts{3, 0, 1}));
    EXPECT_THAT(failureTexts(resultOf(report, "TcpRefused.Loopback")), ElementsAre("begun, not finished: QEMU has ended"));
}

TEST_F(ForkRunnerTest, AScenarioThatIsForgottenIsNotRun) {
    const auto report = run("forget=PeerAuth.Matrix");
    EXPECT_EQ(report.counts(), (Counts{3, 0, 1}));
}

TEST_F(ForkRunnerTest, AWorkerThatDiesAfterItsEndChangesNoVerdict) {
    const auto report = run("never-released=TcpRefused.NoListener");
    EXPECT_EQ(report.exitCode(), ExitCode::good);
    EXPECT_THAT(log_.lines(), Contains(AllOf(StartsWith("after TcpRefused.NoListener: "), HasSubstr("exited with status 5"))));
}

TEST_F(ForkRunnerTest, AProgramThatBreaksTheProtocolEndsTheRun) {
    EXPECT_THAT(run("garbage").stopReason().value_or(""), HasSubstr("'this is no event'"));
    const auto report = run("stray");
    EXPECT_THAT(report.stopReason().value_or(""), HasSubstr("'Other.Thing', which was not asked for"));
    EXPECT_EQ(report.counts(), (Counts{0, 0, 4}));
}

TEST_F(ForkRunnerTest, MakesTheConnectionsAheadThatAScenarioUsedWhenItLastPassed) {
    const auto file = folder_.path() / "connections.json";
    ConnectionHistory memory(file);
    options_.connections = &memory;
    run("uses=PeerAuth.Matrix:admin,handyman-tunnel uses=PeerAuth.Root:handyman fail=PeerAuth.Root");
    memory.save(log_);
    ConnectionHistory again(file);
    options_.connections = &again;
    std::filesystem::remove(folder_.path() / "connections");
    run("");
    const auto told = readWholeFile(folder_.path() / "connections");
    EXPECT_THAT(told, HasSubstr("run PeerAuth.Matrix admin,handyman-tunnel\n"));
    EXPECT_THAT(told, HasSubstr("run TcpRefused.NoListener \n")) << "it used none";
    EXPECT_THAT(told, HasSubstr("run PeerAuth.Root admin,root\n")) << "what one used that failed says nothing";
}

TEST_F(ForkRunnerTest, KeepsNoMoreMachinesThanAllowedAndSaysSo) {
    options_.keep = 2;
    const auto report = run("fail=TcpRefused.NoListener fail=TcpRefused.Loopback fail=PeerAuth.Root");
    EXPECT_EQ(report.counts(), (Counts{1, 3, 0}));
    // The order of the failures depends on which fork is ready first.
    int kept = 0;
    for (const std::string name : {"TcpRefused.NoListener", "TcpRefused.Loopback", "PeerAuth.Root"}) {
        const auto& result = resultOf(report, name);
        if (result.kept.empty()) {
            EXPECT_THAT(result.failures, ElementsAre(HasSubstr("(its machine was not kept: 2 of this run are already")));
            continue;
        }
        ++kept;
        EXPECT_EQ(result.kept, folder_.path() / "kept" / name);
        EXPECT_THAT(result.failures, ElementsAre(testing::EndsWith("boxtest resume " + name)));
        EXPECT_TRUE(std::filesystem::exists(result.kept));
    }
    EXPECT_EQ(kept, 2);
}

TEST_F(ForkRunnerTest, KeepsNothingWhenToldSo) {
    options_.keep = 0;
    run("fail=TcpRefused.NoListener");
    EXPECT_THAT(trace(), HasSubstr("TcpRefused.NoListener discard"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "kept"));
}

TEST_F(ForkRunnerTest, APausedMachineRunsUntilThePersonIsDone) {
    const ScopedVariable machine("BOXTEST_FAKE_MACHINE", R"({"ports":{"ssh":22}})");
    std::string told;
    options_.pause = [&](const std::string& scenario, const std::string& text) {
        told = scenario + " " + text;
        EXPECT_THAT(trace(), testing::Not(HasSubstr(" go")));
    };
    const auto report = run("fail=TcpRefused.Loopback");
    EXPECT_EQ(told, R"(TcpRefused.Loopback {"ports":{"ssh":22}})");
    EXPECT_THAT(trace(), HasSubstr("TcpRefused.Loopback go"));
    EXPECT_EQ(report.counts(), (Counts{3, 1, 0}));
}

TEST_F(ForkRunnerTest, AnInterruptionLeavesTheRestNotRunAndNobodyAlive) {
    // Two jobs for the workers that do not end, one for the others.
    options_.jobs = 3;
    const ScopedVariable pid("BOXTEST_FAKE_SCENARIOS_PID", (folder_.path() / "pid").string());
    std::thread interrupter([&] {
        // The order in which prepared scenarios run is not specified.
        const auto over = [this](const char* scenario) { return trace().find(scenario) != std::string::npos; };
        while (!std::filesystem::exists(folder_.path() / "pid") || !over("TcpRefused.NoListener released") ||
               !over("PeerAuth.Matrix released"))
            pauseBetweenTries(std::chrono::milliseconds(20), Deadline::in(std::chrono::minutes(1)));
        failure_.declare("interrupted (SIGINT)");
    });
    const auto report = run("hang=TcpRefused.Loopback silent=PeerAuth.Root");
    interrupter.join();
    EXPECT_EQ(report.counts(), (Counts{2, 0, 2}));
    EXPECT_THAT(failureTexts(resultOf(report, "TcpRefused.Loopback")), ElementsAre("begun, not finished: interrupted (SIGINT)"));
    EXPECT_THAT(shown(), ElementsAre("ok      TcpRefused.NoListener", "ok      PeerAuth.Matrix"));
    std::ifstream file(folder_.path() / "pid");
    pid_t worker = 0;
    ASSERT_TRUE(file >> worker);
    EXPECT_NE(::kill(worker, 0), 0) << "the worker lives on";
}

}  // namespace
}  // namespace boxtest
