#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/RunFacts.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// The command that runs a scenario, or all scenarios of a claim, again on this run's kind of machine: `boxtest verify` with this
/// run's options for a machine in use, else `boxtest run`. As text for a POSIX shell.
std::string runAgain(const RunFacts& facts, const std::string& what);
/// For a report in JSON format.
std::string runAgain(const nlohmann::json& report, const std::string& what);

/// The command that brings back the machine of a failed scenario: its own (ScenarioResult::resume), else the run's
/// (RunFacts::resume), else `boxtest resume`.
std::string resumeAgain(const RunFacts& facts, const ScenarioResult& result);
/// For a process of the run that has no RunFacts.
std::string resumeAgain(const std::string& scenario);
/// For a report in JSON format.
std::string resumeAgain(const nlohmann::json& report, const nlohmann::json& scenario);

}  // namespace boxtest
