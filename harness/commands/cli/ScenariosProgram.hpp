#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "report/Catalogue.hpp"

namespace boxtest {

/// The program that holds the scenarios: $BOXTEST_SCENARIOS, else boxtest-scenarios beside this program.
/// Throws UsageError when there is none.
std::filesystem::path findScenariosProgram();

/// Asks it for all its scenarios; no machine is needed. Throws TransportError, TimeoutError.
Catalogue listScenarios(const std::filesystem::path& program, Deadline deadline, const FailureLatch* failure = nullptr);

}  // namespace boxtest
