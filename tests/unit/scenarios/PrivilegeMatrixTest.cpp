#include "PrivilegeMatrix.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "EmbeddedTexts.hpp"
#include "MadeUpNames.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto names = madeUpNames();

TEST(PrivilegeMatrix, LeavesOutCommentsAndSortsLines) {
    EXPECT_EQ(PrivilegeMatrix::parse("# a heading\nb | x\n\na | y\n").text(), "a | y\nb | x\n");
}

TEST(PrivilegeMatrix, PrintsEachDriftAsOneLineWithNames) {
    const auto expected =
        PrivilegeMatrix::parse("cluster | role | - | {odoo} | LOGIN\ncluster | role | - | {handyman} | LOGIN\n");
    const auto found = PrivilegeMatrix::parse(
        "cluster | role | - | {odoo} | LOGIN, SUPERUSER\ncluster | role | - | {handyman} | LOGIN\n"
        "{odooDatabase} | grant | table public.res_users | {handyman} | TRUNCATE\n");
    EXPECT_THAT(found.differencesTo(expected, names),
                ElementsAre("+ Odoo-Martel.14 | grant | table public.res_users | lee | TRUNCATE",
                            "- cluster | role | - | erp | LOGIN", "+ cluster | role | - | erp | LOGIN, SUPERUSER"));
    EXPECT_THAT(expected.differencesTo(expected, names), IsEmpty());
}

TEST(PrivilegeMatrix, ARepeatedLineIsADrift) {
    const auto once = PrivilegeMatrix::parse("a | b\n");
    EXPECT_THAT(PrivilegeMatrix::parse("a | b\na | b\n").differencesTo(once, names), ElementsAre("+ a | b"));
}

TEST(PrivilegeMatrix, ALineConcernsTheRolesItNamesOrAllWhenItNamesNone) {
    const auto matrix = PrivilegeMatrix::parse(
        "1 | {odoo}\n2 | {pgadmin}\n3 | {handyman} of {pgadmin}\n4 | {public}\n5 | stranger\n6 | {superuser} in "
        "{odooDatabase}\n");
    EXPECT_EQ(matrix.concerning({"odoo"}).text(), "1 | {odoo}\n4 | {public}\n5 | stranger\n6 | {superuser} in {odooDatabase}\n");
    EXPECT_EQ(matrix.concerning({"pgadmin"}).size(), 5U);
    EXPECT_EQ(matrix.concerning({"handyman", "handymanGroup"}).size(), 4U);
}

TEST(PrivilegeMatrix, EveryExpectedLineConcernsSomebody) {
    const auto expected = PrivilegeMatrix::expected(17);
    EXPECT_GT(expected.size(), 80U);
    std::string all;
    for (const auto& roles : {std::vector<std::string>{"odoo"}, {"pgadmin"}, {"handyman", "handymanGroup"}})
        all += expected.concerning(roles).text();
    std::istringstream lines(expected.text());
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(all, HasSubstr(line + "\n"));
}

TEST(PrivilegeMatrix, ExpectedLinesHoldNoNameOfAGuest) {
    const auto text = PrivilegeMatrix::expected(17).text();
    for (const auto* name : {"odoo_martel_14", "jane", "odoo_handyman", " odoo ", " admin "})
        EXPECT_THAT(text, testing::Not(HasSubstr(name)));
}

TEST(PrivilegeMatrix, AMajorVersionWithoutAnExpectedFileSaysHowToMakeOne) {
    try {
        PrivilegeMatrix::expected(99);
        FAIL() << "there is no PostgreSQL 99";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("there is no scenarios/expected/privileges-99.txt"));
        EXPECT_THAT(error.what(), HasSubstr("attaches to the report"));
    }
}

TEST(EmbeddedTexts, HasTheShippedRolesSqlAndNothingUnknown) {
    EXPECT_THAT(std::string(embeddedText("roles.sql")), HasSubstr("CREATE EXTENSION IF NOT EXISTS unaccent"));
    EXPECT_EQ(embeddedText("no-such-file.txt"), "");
}

}  // namespace
}  // namespace boxtest
