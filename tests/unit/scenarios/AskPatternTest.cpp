#include "AskPattern.hpp"

#include <gmock/gmock.h>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

const AskPattern::Values patternValues{
    {"admin", "dbadmin"}, {"odoo", "erp"}, {"domain", "erp.example"}, {"place", "/var/lib/erp"}};

bool fits(std::string_view pattern, std::string_view text) { return AskPattern::parse(pattern, patternValues).fits(text); }

TEST(AskPattern, ATextWithoutHolesFitsItselfOnly) {
    EXPECT_TRUE(fits("SELECT 1", "SELECT 1"));
    EXPECT_FALSE(fits("SELECT 1", "SELECT 1; DROP TABLE x"));
    EXPECT_FALSE(fits("SELECT 1", " SELECT 1"));
    EXPECT_FALSE(fits("SELECT 1", ""));
}

TEST(AskPattern, ANameFitsExactly) {
    EXPECT_TRUE(fits("id @{admin}", "id dbadmin"));
    EXPECT_FALSE(fits("id @{admin}", "id dbadmins"));
    EXPECT_FALSE(fits("id @{admin}", "id root"));
}

TEST(AskPattern, AHoleTakesItsOwnLettersAndIsNeverEmpty) {
    EXPECT_TRUE(fits("pid @{#number};", "pid 4711;"));
    EXPECT_FALSE(fits("pid @{#number};", "pid ;"));
    EXPECT_FALSE(fits("pid @{#number};", "pid 1; rm -r /;"));
    EXPECT_TRUE(fits("stat -- @{#path}", "stat -- /run/x-1.sock"));
    for (const auto* more : {"/run/x y", "/run/x;id", "/run/$(id)", "'/run'", "/run\nid", "/run|id", "/run`id`"})
        EXPECT_FALSE(fits("stat -- @{#path}", std::string("stat -- ") + more)) << more;
    EXPECT_TRUE(fits("for path in @{#words}; do", "for path in /a /b/c.d; do"));
    EXPECT_FALSE(fits("for path in @{#words}; do", "for path in /a; id; do"));
    EXPECT_TRUE(fits("connect to @{#address}:@{#number} by", "connect to fec0::1:5432 by"));
}

TEST(AskPattern, WhatIsRepeatedComesOnceOrMoreOften) {
    constexpr auto pattern = "begin @{#each}id @{#name}; @{#end}end";
    EXPECT_TRUE(fits(pattern, "begin id a; end"));
    EXPECT_TRUE(fits(pattern, "begin id a; id b; id c; end"));
    EXPECT_FALSE(fits(pattern, "begin end"));
    EXPECT_FALSE(fits(pattern, "begin id a; rm b; end"));
    constexpr auto nested = "@{#each}as @{#name}:@{#each} @{#path}@{#end}\n@{#end}";
    EXPECT_TRUE(fits(nested, "as a: /x /y\nas b: /z\n"));
    EXPECT_FALSE(fits(nested, "as a: /x /y\nas b:\n"));
}

TEST(AskPattern, HolesThatNobodyKnowsAreRefused) {
    EXPECT_THAT(errorOf<UsageError>([] { fits("@{stranger}", ""); }), HasSubstr("'stranger', which nothing tells"));
    EXPECT_THAT(errorOf<UsageError>([] { fits("@{#anything}", ""); }), HasSubstr("unknown kind '#anything'"));
    EXPECT_THAT(errorOf<UsageError>([] { fits("@{admin", ""); }), HasSubstr("not closed"));
    EXPECT_THAT(errorOf<UsageError>([] { fits("@{#each}x", ""); }), HasSubstr("without an end"));
    EXPECT_THAT(errorOf<UsageError>([] { fits("x@{#end}", ""); }), HasSubstr("has not begun"));
}

TEST(AskPattern, ForPeopleNamesAreFilledInAndHolesAreNamed) {
    EXPECT_EQ(AskPattern::parse("@{admin} on @{#number}", patternValues).text(), "dbadmin on <number>");
}

TEST(AskPattern, RecordedTextsGetHolesWhereANameStandsAlone) {
    const auto recorded = AskPattern::withHoles("interpret erp erp.example /var/lib/erp/x as dbadmin, erp_x", patternValues);
    EXPECT_EQ(recorded, "interpret @{odoo} @{domain} @{place}/x as @{admin}, erp_x");
    EXPECT_TRUE(fits(recorded, "interpret erp erp.example /var/lib/erp/x as dbadmin, erp_x"));
    EXPECT_EQ(AskPattern::withHoles("/srv/var/lib/erp", patternValues), "/srv/var/lib/@{odoo}") << "a path within a path";
}

}  // namespace
}  // namespace boxtest
