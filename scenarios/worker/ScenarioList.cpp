#include "ScenarioList.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/Error.hpp"

namespace boxtest {

namespace {

std::vector<std::string> traitsOf(const Claim& claim, const Declaration& declaration) {
    auto traits = declaration.needs();
    if (claim.isAboutJane()) traits.emplace_back("jane");
    return traits;
}

}  // namespace

std::vector<ListedScenario> allScenarios() {
    std::vector<ListedScenario> all;
    const auto& program = *testing::UnitTest::GetInstance();
    for (int s = 0; s < program.total_test_suite_count(); ++s) {
        const auto& suite = *program.GetTestSuite(s);
        for (int t = 0; t < suite.total_test_count(); ++t) {
            const std::string name = suite.GetTestInfo(t)->name();
            const auto* declaration = Declarations::of(suite.name() + ("." + name));
            if (!declaration)
                throw UsageError(fmt::format("the scenario '{}.{}' declares nothing: it is to be written with SCENARIO()",
                                             suite.name(), name));
            all.push_back({suite.name(), name, *declaration});
        }
    }
    return all;
}

nlohmann::json scenarioList(std::span<const Claim> claims, const std::vector<ListedScenario>& scenarios) {
    nlohmann::json list{{"claims", nlohmann::json::array()}, {"scenarios", nlohmann::json::array()}};
    auto& listed = list["scenarios"];
    for (const auto& claim : claims) {
        const auto before = listed.size();
        const auto own = claim.suite();
        for (const auto& scenario : scenarios) {
            if (scenario.suite != own) continue;
            listed.push_back({{"scenario", scenario.suite + "." + scenario.name},
                              {"claim", claim.id},
                              {"promise", claim.promise},
                              {"effect", wordOf(scenario.declaration.effect)},
                              {"traits", traitsOf(claim, scenario.declaration)}});
            if (auto why = scenario.declaration.whyNotLive(); !why.empty()) listed.back()["not_live"] = std::move(why);
        }
        if (listed.size() == before && claim.run.empty())
            throw UsageError(fmt::format("the claim '{}' has no scenario, and no run that proves it", claim.id));
        list["claims"].push_back(
            {{"claim", claim.id}, {"section", claim.section}, {"promise", claim.promise}, {"run", claim.run}});
    }
    for (const auto& scenario : scenarios)
        if (std::none_of(claims.begin(), claims.end(), [&](const Claim& claim) { return claim.suite() == scenario.suite; }))
            throw UsageError(
                fmt::format("the scenario '{}.{}' belongs to no claim: see scenarios/Claims.cpp", scenario.suite, scenario.name));
    return list;
}

}  // namespace boxtest
