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

/// All tests that GoogleTest has registered. Throws UsageError for one without a declaration.
std::vector<ListedScenario> allScenarios();

/// The output of `boxtest-scenarios --list-json`: all claims, and all scenarios in the order of the claims, each with its effect,
/// its traits (its needs, and "jane" if it is about a handyman) and, if it never runs on a machine in use, the reason. Throws
/// UsageError for a test whose suite belongs to no claim, and for a claim with neither a scenario nor a run that proves it:
/// neither can be forgotten.
nlohmann::json scenarioList(std::span<const Claim> claims, const std::vector<ListedScenario>& scenarios);

}  // namespace boxtest
