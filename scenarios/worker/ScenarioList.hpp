#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "Claims.hpp"

namespace boxtest {

/// Suite and name of a test.
using TestName = std::pair<std::string, std::string>;

/// All tests that GoogleTest knows of.
std::vector<TestName> allTests();

/// What `boxtest-scenarios --list-json` prints: all claims, and all scenarios in the order of the claims. UsageError for a test
/// whose suite is no claim's, and for a claim with neither a scenario nor a run that proves it: so neither can be forgotten.
nlohmann::json scenarioList(std::span<const Claim> claims, const std::vector<TestName>& tests);

}  // namespace boxtest
