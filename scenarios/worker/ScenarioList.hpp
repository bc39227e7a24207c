#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "Claims.hpp"
#include "Declaration.hpp"

namespace boxtest {

struct ListedScenario {
    std::string suite;  ///< "TcpRefused"
    std::string name;   ///< "LoopbackRefuses"
    Declaration declaration;
};

/// All tests that GoogleTest knows of. UsageError for one that declares nothing.
std::vector<ListedScenario> allScenarios();

/// What `boxtest-scenarios --list-json` prints: all claims, and all scenarios in the order of the claims, each with its effect
/// and its traits: what it needs, and "jane" for what is about a handyman. UsageError for a test whose suite is no claim's, and
/// for a claim with neither a scenario nor a run that proves it: so neither can be forgotten.
nlohmann::json scenarioList(std::span<const Claim> claims, const std::vector<ListedScenario>& scenarios);

}  // namespace boxtest
