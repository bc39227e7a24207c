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
    const Claim claim{.id = "odoo-db-manager-off", .section = "", .promise = ""};
    EXPECT_EQ(claim.suite(), "OdooDbManagerOff");
}

TEST(Claims, WhatIsAboutAHandymanIsAboutJane) {
    EXPECT_TRUE((Claim{.id = "handyman-data", .section = "", .promise = ""}.isAboutJane()));
    EXPECT_FALSE((Claim{.id = "odoo-web", .section = "", .promise = ""}.isAboutJane()));
}

/// Auditors look up promises in docs/claims.md.
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
