#include "ScenarioList.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/Error.hpp"

namespace boxtest {

std::vector<TestName> allTests() {
    std::vector<TestName> tests;
    const auto& program = *testing::UnitTest::GetInstance();
    for (int s = 0; s < program.total_test_suite_count(); ++s) {
        const auto& suite = *program.GetTestSuite(s);
        for (int t = 0; t < suite.total_test_count(); ++t) tests.emplace_back(suite.name(), suite.GetTestInfo(t)->name());
    }
    return tests;
}

nlohmann::json scenarioList(std::span<const Claim> claims, const std::vector<TestName>& tests) {
    nlohmann::json list{{"claims", nlohmann::json::array()}, {"scenarios", nlohmann::json::array()}};
    auto& scenarios = list["scenarios"];
    for (const auto& claim : claims) {
        const auto before = scenarios.size();
        const auto own = claim.suite();
        for (const auto& [suite, name] : tests) {
            if (suite != own) continue;
            scenarios.push_back({{"scenario", suite + "." + name},
                                 {"claim", claim.id},
                                 {"promise", claim.promise},
                                 {"traits", claim.traitsOf(name)}});
        }
        if (scenarios.size() == before && claim.run.empty())
            throw UsageError(fmt::format("the claim '{}' has no scenario, and no run that proves it", claim.id));
        list["claims"].push_back(
            {{"claim", claim.id}, {"section", claim.section}, {"promise", claim.promise}, {"run", claim.run}});
    }
    for (const auto& [suite, name] : tests)
        if (std::none_of(claims.begin(), claims.end(), [&, &of = suite](const Claim& claim) { return claim.suite() == of; }))
            throw UsageError(fmt::format("the scenario '{}.{}' belongs to no claim: see scenarios/Claims.cpp", suite, name));
    return list;
}

}  // namespace boxtest
