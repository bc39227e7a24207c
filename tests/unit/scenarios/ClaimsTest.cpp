#include "Claims.hpp"

#include <gmock/gmock.h>

#include <set>

namespace boxtest {
namespace {

TEST(Claims, TheSuitesNameIsTheClaimInPascalCase) {
    const Claim claim{"odoo-db-manager-off", "", true, true};
    EXPECT_EQ(claim.suite(), "OdooDbManagerOff");
    EXPECT_THAT(claim.traits(), testing::ElementsAre("changesState", "slow"));
}

TEST(Claims, WhatIsAboutAHandymanIsAboutJaneAndANeighbourIsASecondMachine) {
    const Claim claim{"handyman-data", "", false, false};
    EXPECT_THAT(claim.traits(), testing::ElementsAre("jane"));
    EXPECT_THAT(claim.traitsOf("SheReads"), testing::ElementsAre("jane"));
    EXPECT_THAT(claim.traitsOf("ANeighbourReadsNothing"), testing::ElementsAre("jane", "twoMachines"));
}

TEST(Claims, AClaimMayNeedAMachineOfItsOwn) {
    const Claim claim{"survives-restart", "", true, true, First::both, true};
    EXPECT_THAT(claim.traits(), testing::ElementsAre("changesState", "slow", "ownMachine"));
}

TEST(Claims, ASuiteLeadsBackToItsClaim) {
    for (const auto& claim : claims()) {
        ASSERT_NE(claimOfSuite(claim.suite()), nullptr) << claim.id;
        EXPECT_EQ(claimOfSuite(claim.suite())->id, claim.id);
    }
    EXPECT_EQ(claimOfSuite("Tcprefused"), nullptr);
    EXPECT_EQ(claimOfSuite(""), nullptr);
}

TEST(Claims, EveryClaimIsListedOnceWithItsPromise) {
    std::set<std::string_view> ids;
    for (const auto& claim : claims()) {
        EXPECT_TRUE(ids.insert(claim.id).second) << claim.id << " is listed twice";
        EXPECT_TRUE(claim.promise.ends_with('.')) << claim.id;
    }
    EXPECT_GE(ids.size(), 13U);
}

}  // namespace
}  // namespace boxtest
