#include "sabotage/LiveRun.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "report/ReportJson.hpp"
#include "sabotage/KillMatrix.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/sabotage/InertMachine.hpp"
#include "unit/vm/RecordingLog.hpp"
#include "worker/ChangeError.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// Has the only field that `verify` needs: the SSH port.
class NowhereMachine final : public InertMachine {
   public:
    NowhereMachine(const FakeGuest& guest, FailureLatch& failure) : InertMachine(guest, failure) { info_.ports.ssh = 40022; }
};

/// Four scenarios, two of which run live, and a fake `boxtest verify` that reports the results set by the test.
class LiveRunTest : public testing::Test {
   protected:
    static Catalogue catalogue() {
        return Catalogue::parse(R"([{"scenario": "PeerAuth.Rules", "claim": "peer-auth", "effect": "reads"},
                                    {"scenario": "PeerAuth.Roles", "claim": "peer-auth", "effect": "reads"},
                                    {"scenario": "PeerAuth.Probe", "claim": "peer-auth", "effect": "reads", "not_live": "keys"},
                                    {"scenario": "PeerAuth.Writes", "claim": "peer-auth", "effect": "rollsBack"}])");
    }
    static Sabotage sabotage(const std::string& id, std::vector<std::string> notice) {
        Sabotage one;
        one.id = id;
        one.claim = "peer-auth";
        one.notice = std::move(notice);
        one.says = "trust";
        return one;
    }

    LiveRunTest() {
        const auto program = folder_.path() / "boxtest";
        // Reports the results that says() set for the requested scenarios. Without any it fails.
        writeFileAtomically(program,
                            "#!/bin/sh\n"
                            "echo \"$@\" >>'" +
                                (folder_.path() / "asked").string() +
                                "'\n"
                                "for word; do last=$word; done\n"
                                "for said in '" +
                                folder_.path().string() +
                                "'/say.*; do\n"
                                "  case \" $* \" in *\" ${said##*/say.} \"*) cp \"$said\" \"$last\"; exit 1 ;; esac\n"
                                "done\n"
                                "echo 'no host key' >&2\n"
                                "exit 3\n",
                            0700);
    }

    /// Sets the results of a `verify` of exactly these scenarios: those in `failures` fail, all others pass.
    void says(const std::string& filter, const std::vector<std::pair<std::string, std::string>>& failures) {
        std::vector<CatalogueEntry> planned;
        const auto known = catalogue();
        for (const auto& entry : known.entries())
            if ((":" + filter + ":").find(":" + entry.scenario + ":") != std::string::npos) planned.push_back(entry);
        RunReport report(planned, catalogue());
        for (const auto& entry : planned) {
            ScenarioResult result;
            result.scenario = entry.scenario;
            result.verdict = Verdict::passed;
            for (const auto& [scenario, text] : failures) {
                if (scenario != entry.scenario) continue;
                result.verdict = Verdict::failed;
                result.failures = {text};
            }
            report.ended(std::move(result));
        }
        writeFileAtomically(folder_.path() / ("say." + filter), reportJson(report, std::chrono::seconds(1)), 0600);
    }

    KillMatrix matrixOf(std::vector<Sabotage> sabotages, const SabotagePlan::Options& options = {.clean = false, .live = true}) {
        const SabotagePlan plan(std::move(sabotages), catalogue(), options);
        RunReport report(plan.entries());
        LiveRunOptions live{.program = folder_.path() / "boxtest",
                            .jobs = 2,
                            .machineOf = [&](const Sabotage* one, FailureLatch& latch, Deadline) -> std::unique_ptr<TestMachine> {
                                if (one && one->id == "untaken")
                                    throw ChangeError(NotRunCause::changeWithoutEffect, "it did not take effect");
                                return std::make_unique<NowhereMachine>(guest_, latch);
                            },
                            .outputOf = [&](const std::string& name) { return folder_.path() / (name + ".log"); },
                            .lineOf = [](const ScenarioResult& result) { return "line of " + result.scenario; }};
        LiveRun(std::move(live), plan, log_, failure_).run(report);
        return {plan, report, plan.sabotages(), catalogue()};
    }

    TemporaryFolder folder_{"live-run"};
    FakeGuest guest_;
    RecordingLog log_;
    FailureLatch failure_;
};

TEST_F(LiveRunTest, ThePlanHasOnlyWhatReadsOnMachinesInUse) {
    const SabotagePlan plan({sabotage("one", {"PeerAuth.*"}), sabotage("two", {"PeerAuth.Writes", "PeerAuth.Probe"})},
                            catalogue(), {.live = true});
    std::vector<std::string> names;
    for (const auto& entry : plan.entries()) names.push_back(entry.scenario);
    EXPECT_THAT(names, ElementsAre("PeerAuth.Rules", "PeerAuth.Roles", "one/PeerAuth.Rules", "one/PeerAuth.Roles"));
    EXPECT_EQ(plan.sabotages().size(), 1U);
    EXPECT_FALSE(plan.mayRun("PeerAuth.Writes"));
}

TEST_F(LiveRunTest, WhatVerifySaysIsTheVerdictOnEachPair) {
    says("PeerAuth.Rules:PeerAuth.Roles", {{"PeerAuth.Rules", "line 1: trust"}});
    says("PeerAuth.Rules", {{"PeerAuth.Rules", "all is lost"}});
    const auto matrix = matrixOf({sabotage("one", {"PeerAuth.R*"}), sabotage("two", {"PeerAuth.Rules"})});
    ASSERT_EQ(matrix.rows().size(), 2U);
    EXPECT_EQ(matrix.rows()[0].outcome, KillMatrix::Outcome::survived);
    EXPECT_EQ(matrix.rows()[0].cells[0].outcome, KillMatrix::Outcome::killed);
    EXPECT_EQ(matrix.rows()[1].outcome, KillMatrix::Outcome::wrongReason);
    EXPECT_THAT(matrix.neverRed(), ElementsAre("PeerAuth.Roles")) << "of those that run live";
    EXPECT_THAT(log_.lines(), Contains("line of two/PeerAuth.Rules"));
    EXPECT_THAT(log_.waits(), Contains(HasSubstr(" of 3 scenarios done)")));
    EXPECT_THAT(readWholeFile(folder_.path() / "asked"), AllOf(HasSubstr("verify "), HasSubstr("@theirs -F ")));
}

TEST_F(LiveRunTest, ASabotageWithoutEffectAndAVerifyWithoutAResultAreErrors) {
    const auto matrix = matrixOf({sabotage("untaken", {"PeerAuth.Rules"}), sabotage("lost", {"PeerAuth.Roles"})});
    EXPECT_EQ(matrix.rows()[0].outcome, KillMatrix::Outcome::didNotTake);
    EXPECT_EQ(matrix.rows()[1].outcome, KillMatrix::Outcome::harnessError);
    EXPECT_THAT(matrix.rows()[1].cells[0].result.failures[0], HasSubstr("no host key"));
    EXPECT_EQ(readWholeFile(folder_.path() / "lost.log"), "no host key\n");
    EXPECT_EQ(matrix.exitCode(), ExitCode::machineFailed);
}

TEST_F(LiveRunTest, WhoeverInterruptsEndsWhatRuns) {
    writeFileAtomically(folder_.path() / "boxtest", "#!/bin/sh\nexec sleep 1000\n", 0700);
    failure_.interrupt("interrupted (SIGINT)");
    EXPECT_EQ(errorOf<InterruptedError>([&] { matrixOf({sabotage("one", {"PeerAuth.Rules"})}); }), "interrupted (SIGINT)");
}

}  // namespace
}  // namespace boxtest
