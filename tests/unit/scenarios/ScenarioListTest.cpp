#include "ScenarioList.hpp"

#include <gmock/gmock.h>

#include <array>

#include "base/Error.hpp"
#include "report/Catalogue.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array twoClaims{
    Claim{.id = "tcp-refused", .section = "The socket", .promise = "No TCP."},
    Claim{.id = "names-configurable", .section = "Names", .promise = "Names change.", .run = "ci/other-names"},
};

TEST(ScenarioList, BoxtestReadsTheClaimsAndTheirScenariosFromIt) {
    const auto list =
        scenarioList(twoClaims, {{"TcpRefused", "AfterARestart", {.effect = Effect::changes, .slow = true, .ownMachine = true}},
                                 {"TcpRefused", "ByANeighbour", {.effect = Effect::reads, .twoMachines = true}}});
    const auto catalogue = Catalogue::parse(list.dump());
    ASSERT_EQ(catalogue.claims().size(), 2U);
    EXPECT_EQ(catalogue.claims()[0].id, "tcp-refused");
    EXPECT_EQ(catalogue.claims()[0].section, "The socket");
    EXPECT_EQ(catalogue.claims()[0].promise, "No TCP.");
    EXPECT_EQ(catalogue.claims()[0].run, "");
    EXPECT_EQ(catalogue.claims()[1].run, "ci/other-names");
    ASSERT_EQ(catalogue.entries().size(), 2U);
    EXPECT_EQ(catalogue.entries()[0].scenario, "TcpRefused.AfterARestart");
    EXPECT_EQ(catalogue.entries()[0].claim, "tcp-refused");
    EXPECT_THAT(catalogue.entries()[0].traits, ElementsAre("slow", "ownMachine"));
    EXPECT_EQ(catalogue.entries()[0].effect, Effect::changes);
    EXPECT_THAT(catalogue.entries()[1].traits, ElementsAre("twoMachines"));
    EXPECT_EQ(catalogue.entries()[1].effect, Effect::reads);
}

TEST(ScenarioList, WhatIsAboutAHandymanIsAboutJane) {
    constexpr std::array claims{Claim{.id = "handyman-data", .section = "Handymen", .promise = "Rows."}};
    const auto catalogue = Catalogue::parse(
        scenarioList(claims, {{"HandymanData", "SheReads", {.effect = Effect::rollsBack, .slow = true}}}).dump());
    EXPECT_THAT(catalogue.entries()[0].traits, ElementsAre("slow", "jane"));
    EXPECT_EQ(catalogue.entries()[0].effect, Effect::rollsBack);
}

TEST(ScenarioList, ATestWithoutADeclarationIsRefused) {
    // The tests of this test program have no declaration.
    EXPECT_THAT(errorOf<UsageError>([] { allScenarios(); }), HasSubstr("declares nothing: it is to be written with SCENARIO()"));
}

TEST(ScenarioList, AClaimWithNeitherAScenarioNorARunIsRefused) {
    EXPECT_THAT(errorOf<UsageError>([] { scenarioList(twoClaims, {}); }),
                HasSubstr("the claim 'tcp-refused' has no scenario, and no run that proves it"));
}

TEST(ScenarioList, AScenarioOfNoClaimIsRefused) {
    EXPECT_THAT(errorOf<UsageError>([] {
                    scenarioList(twoClaims, {{"TcpRefused", "X", {.effect = Effect::reads}},
                                             {"Tcprefused", "Y", {.effect = Effect::reads}}});
                }),
                HasSubstr("the scenario 'Tcprefused.Y' belongs to no claim"));
}

}  // namespace
}  // namespace boxtest
