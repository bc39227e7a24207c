#include "sabotage/KillMatrix.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/Error.hpp"
#include "sabotage/KillMatrixText.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Outcome = KillMatrix::Outcome;

Catalogue scenarios() {
    return Catalogue::parse(R"([{"scenario": "TcpRefused.Ports", "claim": "tcp-refused"},
                                {"scenario": "PeerAuth.Rules", "claim": "peer-auth"},
                                {"scenario": "PeerAuth.Roles", "claim": "peer-auth"},
                                {"scenario": "PeerAuth.Gap", "claim": "peer-auth"}])");
}

Sabotage sabotage(const std::string& id, std::vector<std::string> notice, const std::string& says = "trust") {
    return {.id = id,
            .claim = "peer-auth",
            .kind = "hba",
            .breaks = "It is broken.",
            .lift = {},
            .act = "true",
            .check = "true",
            .notice = std::move(notice),
            .says = says,
            .where = "peer-auth.toml:3"};
}

/// A plan, the results of its pairs, and the matrix of both.
class KillMatrixTest : public testing::Test {
   protected:
    void plan(std::vector<Sabotage> sabotages, const SabotagePlan::Options& options = {}) {
        plan_.emplace(std::move(sabotages), scenarios(), options);
        report_.emplace(plan_->entries());
    }
    void ends(const std::string& name, Verdict verdict, const std::string& text = {}) {
        report_->started(name);
        ScenarioResult result;
        result.scenario = name;
        result.verdict = verdict;
        if (!text.empty()) result.failures = {text};
        report_->ended(result);
    }
    KillMatrix matrix() const { return {*plan_, *report_, plan_->sabotages(), scenarios()}; }
    std::string text() const {
        std::ostringstream out;
        printKillMatrix(out, matrix(), std::chrono::seconds(75), TextStyle(false));
        return out.str();
    }

    std::optional<SabotagePlan> plan_;
    std::optional<RunReport> report_;
};

TEST_F(KillMatrixTest, ThePlanRunsTheCleanMachineFirstAndThenThePairs) {
    plan({sabotage("one", {"PeerAuth.R*"}), sabotage("two", {"TcpRefused.Ports"})});
    std::vector<std::string> names;
    for (const auto& entry : plan_->entries()) names.push_back(entry.scenario);
    EXPECT_THAT(names, ElementsAre("TcpRefused.Ports", "PeerAuth.Rules", "PeerAuth.Roles", "one/PeerAuth.Rules",
                                   "one/PeerAuth.Roles", "two/TcpRefused.Ports"));
    EXPECT_EQ(plan_->pairOf("two/TcpRefused.Ports").sabotage, 1U);
    plan({sabotage("one", {"PeerAuth.Rules"})}, {.allScenarios = true, .clean = false});
    EXPECT_EQ(plan_->pairs().size(), 4U);
    plan({sabotage("whichever", {})}, {.allScenarios = false, .clean = false});
    EXPECT_EQ(plan_->pairs().size(), 3U) << "without a name: those of the claim";
}

TEST_F(KillMatrixTest, AScenarioThatDoesNotExistIsNamedWithTheSabotagesLine) {
    EXPECT_EQ(errorOf<UsageError>([&] {
                  plan({sabotage("one", {"PeerAuth.Rules", "PeerAuth.X*"})});
              }),
              "peer-auth.toml:3: [one] wants 'PeerAuth.X*' to notice, and there is no such scenario");
}

TEST_F(KillMatrixTest, KilledWhenEveryNamedOneIsRedForTheRightReason) {
    plan({sabotage("one", {"PeerAuth.R*"})});
    ends("PeerAuth.Rules", Verdict::passed);
    ends("PeerAuth.Roles", Verdict::passed);
    ends("one/PeerAuth.Rules", Verdict::failed, "line 1: trust");
    ends("one/PeerAuth.Roles", Verdict::failed, "who would trust that?");
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::killed);
    EXPECT_EQ(matrix().exitCode(), ExitCode::good);
    EXPECT_THAT(matrix().neverRed(), ElementsAre("TcpRefused.Ports", "PeerAuth.Gap"));
}

TEST_F(KillMatrixTest, OneThatStaysGreenLetsItSurvive) {
    plan({sabotage("one", {"PeerAuth.R*"})}, {.clean = false});
    ends("one/PeerAuth.Rules", Verdict::failed, "trust");
    ends("one/PeerAuth.Roles", Verdict::passed);
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::survived);
    EXPECT_EQ(matrix().exitCode(), ExitCode::scenarioFailed);
    EXPECT_THAT(text(), HasSubstr("\nsurvived      one: It is broken.\n    PeerAuth.Roles: stayed green\n"));
}

TEST_F(KillMatrixTest, AKnownGapIsGreen) {
    plan({sabotage("one", {"PeerAuth.Gap"})});
    ends("PeerAuth.Gap", Verdict::knownGap);
    ends("one/PeerAuth.Gap", Verdict::knownGap);
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::survived);
    EXPECT_THAT(text(), Not(HasSubstr("without any sabotage")));
}

TEST_F(KillMatrixTest, AnotherCauseIsTheWrongReason) {
    plan({sabotage("one", {"PeerAuth.Rules"})}, {.clean = false});
    ends("one/PeerAuth.Rules", Verdict::failed, "the moon is full");
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::wrongReason);
    EXPECT_EQ(matrix().exitCode(), ExitCode::scenarioFailed);
    EXPECT_THAT(text(), HasSubstr("PeerAuth.Rules: says nothing that fits 'trust'\n        the moon is full\n"));
}

TEST_F(KillMatrixTest, ASabotageThatDidNotTakeIsNeverASurvivor) {
    plan({sabotage("one", {"PeerAuth.R*"})}, {.clean = false});
    report_->notRun("one/PeerAuth.Rules", "exit status 92", NotRunCause::changeWithoutEffect);
    ends("one/PeerAuth.Roles", Verdict::passed);
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::didNotTake);
    EXPECT_EQ(matrix().exitCode(), ExitCode::machineFailed);
}

TEST_F(KillMatrixTest, NoMachineIsAHarnessErrorUnlessThatIsWhatTheSabotageDoes) {
    plan({sabotage("one", {"PeerAuth.Rules"})}, {.clean = false});
    report_->notRun("one/PeerAuth.Rules", "no trust in this machine");
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::harnessError);
    EXPECT_EQ(matrix().exitCode(), ExitCode::machineFailed);
    for (const auto how : {Sabotage::Ends::notRun, Sabotage::Ends::either}) {
        auto expected = sabotage("one", {"PeerAuth.Rules"});
        expected.ends = how;
        plan({expected}, {.clean = false});
        report_->notRun("one/PeerAuth.Rules", "no trust in this machine");
        EXPECT_EQ(matrix().rows()[0].outcome, Outcome::killed);
        report_->notRun("one/PeerAuth.Rules", "no trust", NotRunCause::changeFailed);
        EXPECT_EQ(matrix().rows()[0].outcome, Outcome::harnessError);
        plan({expected}, {.clean = false});
        ends("one/PeerAuth.Rules", Verdict::passed);
        EXPECT_EQ(matrix().rows()[0].outcome, Outcome::survived) << "never green";
    }
}

TEST_F(KillMatrixTest, WithoutANameOneOfTheClaimIsEnough) {
    plan({sabotage("one", {})}, {.clean = false});
    ends("one/PeerAuth.Rules", Verdict::passed);
    ends("one/PeerAuth.Roles", Verdict::failed, "something else");
    ends("one/PeerAuth.Gap", Verdict::passed);
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::wrongReason);
    ends("one/PeerAuth.Rules", Verdict::failed, "trust");
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::killed);
}

TEST_F(KillMatrixTest, ARedCleanMachineIsAFailure) {
    plan({sabotage("one", {"PeerAuth.Rules"})});
    ends("PeerAuth.Rules", Verdict::failed, "red all the time");
    ends("one/PeerAuth.Rules", Verdict::failed, "trust");
    EXPECT_EQ(matrix().exitCode(), ExitCode::scenarioFailed);
    EXPECT_THAT(text(), HasSubstr("red without any sabotage: PeerAuth.Rules\n        red all the time\n"));
}

TEST_F(KillMatrixTest, WhatAPersonInterruptsIsNotRun) {
    plan({sabotage("one", {"PeerAuth.Rules"}), sabotage("two", {"PeerAuth.Roles"})}, {.clean = false});
    ends("one/PeerAuth.Rules", Verdict::failed, "trust");
    report_->interrupted("interrupted (SIGINT)");
    EXPECT_EQ(matrix().rows()[0].outcome, Outcome::killed);
    EXPECT_EQ(matrix().rows()[1].outcome, Outcome::notRun);
    EXPECT_EQ(matrix().exitCode(), ExitCode::interrupted);
}

TEST_F(KillMatrixTest, ThePersonsView) {
    plan({sabotage("one", {"PeerAuth.R*"}), sabotage("another-one", {"TcpRefused.Ports"}, "port")}, {.allScenarios = true});
    for (const auto* name : {"TcpRefused.Ports", "PeerAuth.Rules", "PeerAuth.Roles", "PeerAuth.Gap"}) {
        ends(name, Verdict::passed);
        ends(std::string("one/") + name, Verdict::failed, "trust");
        ends(std::string("another-one/") + name, Verdict::passed);
    }
    EXPECT_EQ(text(), R"(peer-auth
  killed        one                                      hba        +TcpRefused.Ports PeerAuth.Rules PeerAuth.Roles +PeerAuth.Gap
  survived      another-one                              hba        !TcpRefused.Ports

survived      another-one: It is broken.
    TcpRefused.Ports: stayed green

1 killed, 1 survived of 2 sabotages; clean machine: 4 of 4 scenarios green; in 75.0 s
)");
}

TEST_F(KillMatrixTest, TheProgramsView) {
    plan({sabotage("one", {"PeerAuth.Rules"})});
    ends("PeerAuth.Rules", Verdict::passed);
    ends("one/PeerAuth.Rules", Verdict::failed, "trust");
    const auto json = killMatrixJson(matrix(), std::chrono::seconds(2));
    EXPECT_EQ(json.at("result"), "good");
    EXPECT_EQ(json.at("counts").at("killed"), 1);
    EXPECT_EQ(json.at("clean").at(0).at("result"), "passed");
    const auto& row = json.at("sabotages").at(0);
    EXPECT_EQ(row.at("outcome"), "killed");
    EXPECT_EQ(row.at("scenarios").at(0).at("scenario"), "PeerAuth.Rules");
    EXPECT_EQ(row.at("scenarios").at(0).at("must"), true);
    EXPECT_EQ(row.at("scenarios").at(0).at("failures").at(0), "trust");
}

}  // namespace
}  // namespace boxtest
