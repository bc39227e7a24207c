#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "report/Catalogue.hpp"

namespace boxtest {

/// Path of the scenarios program: $BOXTEST_SCENARIOS, else boxtest-scenarios next to this program. Throws UsageError when it is
/// missing.
std::filesystem::path findScenariosProgram();

/// Runs the program to list all its scenarios; no machine is needed. Throws TransportError, TimeoutError.
Catalogue listScenarios(const std::filesystem::path& program, Deadline deadline, const FailureLatch* failure = nullptr);

}  // namespace boxtest
