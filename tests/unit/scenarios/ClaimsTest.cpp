#include "Claims.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"

namespace boxtest {
namespace {

TEST(Claims, TheSuitesNameIsTheClaimInPascalCase) {
    const Claim claim{.id = "odoo-db-manager-off", .section = "", .promise = "", .changesState = true, .slow = true};
    EXPECT_EQ(claim.suite(), "OdooDbManagerOff");
    EXPECT_THAT(claim.traits(), testing::ElementsAre("changesState", "slow"));
}

TEST(Claims, WhatIsAboutAHandymanIsAboutJaneAndANeighbourIsASecondMachine) {
    const Claim claim{.id = "handyman-data", .section = "", .promise = ""};
    EXPECT_THAT(claim.traits(), testing::ElementsAre("jane"));
    EXPECT_THAT(claim.traitsOf("SheReads"), testing::ElementsAre("jane"));
    EXPECT_THAT(claim.traitsOf("ANeighbourReadsNothing"), testing::ElementsAre("jane", "twoMachines"));
}

TEST(Claims, AScenarioIsSlowWhenItsNameSaysSoOrItsClaimIs) {
    const Claim quick{.id = "peer-auth", .section = "", .promise = ""};
    EXPECT_THAT(quick.traitsOf("TheMatrix"), testing::ElementsAre());
    for (const auto* name :
         {"HoldsAfterAReboot", "HoldsAfterARestartOfOdoo", "AfterARestoreOfAll", "InARealBrowser", "ExhaustivelyTried"})
        EXPECT_THAT(quick.traitsOf(name), testing::ElementsAre("slow")) << name;
    const Claim slow{.id = "backup", .section = "", .promise = "", .slow = true};
    EXPECT_THAT(slow.traitsOf("AfterARestart"), testing::ElementsAre("slow")) << "once is enough";
}

/// Auditors look promises up there.
TEST(Claims, EveryClaimIsAHeadingOfTheDocumentUnderItsSection) {
    std::istringstream text(readWholeFile(paths::source("docs/claims.md")));
    std::map<std::string, std::string> sectionOf;
    std::string section;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("## ")) section = line.substr(3);
        if (line.starts_with("### ")) {
            EXPECT_TRUE(sectionOf.emplace(line.substr(4), section).second) << line << " is there twice";
        }
    }
    for (const auto& claim : claims()) {
        ASSERT_TRUE(sectionOf.contains(std::string(claim.id))) << "no heading '### " << claim.id << "' in docs/claims.md";
        EXPECT_EQ(sectionOf[std::string(claim.id)], claim.section) << claim.id;
    }
}

TEST(Claims, TheClaimsOfASectionStandTogether) {
    std::set<std::string_view> met;
    std::string_view last;
    for (const auto& claim : claims()) {
        if (claim.section != last) {
            EXPECT_TRUE(met.insert(claim.section).second) << claim.id << " is apart from its section";
        }
        last = claim.section;
    }
}

TEST(Claims, AClaimMayNeedAMachineOfItsOwn) {
    const Claim claim{.id = "survives-restart", .section = "", .promise = "", .slow = true, .ownMachine = true};
    EXPECT_THAT(claim.traits(), testing::ElementsAre("slow", "ownMachine"));
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
