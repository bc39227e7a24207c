#include "HbaRules.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace boxtest {
namespace {

HbaRules rulesOf(const char* rules) {
    return HbaRules::parse(nlohmann::json::parse(rules), nlohmann::json::parse(R"([["handymen", "jane"]])"));
}

TEST(HbaRules, TheFirstRuleThatFitsDecides) {
    const auto rules = rulesOf(R"([
        {"database": ["all"], "user_name": ["postgres"], "auth_method": "peer"},
        {"database": ["odoo", "sameuser"], "user_name": ["+handymen"], "auth_method": "peer"},
        {"database": ["all"], "user_name": ["all"], "auth_method": "reject"}])");
    EXPECT_EQ(rules.all()[1].text(), "local odoo,sameuser +handymen peer");
    EXPECT_EQ(rules.deciding("postgres", "odoo", false), 1);
    EXPECT_EQ(rules.deciding("jane", "odoo", false), 2);
    EXPECT_EQ(rules.deciding("jane", "jane", false), 2);
    EXPECT_EQ(rules.deciding("handymen", "odoo", false), 2) << "a role is a member of itself here";
    EXPECT_EQ(rules.deciding("jane", "pgadmin", false), 3);
    EXPECT_EQ(rules.deciding("postgres", "odoo", true), std::nullopt) << "all databases do not include replication";
}

TEST(HbaRules, SaysNothingBehindARuleThatItCannotRead) {
    const auto rules = rulesOf(R"([
        {"database": ["/^odoo"], "user_name": ["jane"], "auth_method": "peer"},
        {"database": ["replication"], "user_name": ["/x"], "auth_method": "peer"},
        {"database": ["all"], "user_name": ["all"], "auth_method": "reject"}])");
    EXPECT_EQ(rules.deciding("jane", "odoo", false), std::nullopt);
    EXPECT_EQ(rules.deciding("admin", "odoo", false), 3) << "the rule is not about this role";
    EXPECT_EQ(rules.deciding("admin", "odoo", true), std::nullopt);
}

}  // namespace
}  // namespace boxtest
