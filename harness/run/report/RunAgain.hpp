#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/RunFacts.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// The command that runs a scenario, or all of a claim, once more on the machine of this run: `boxtest verify` with the
/// options of this run for a machine in use, else `boxtest run`. As text for a POSIX shell.
std::string runAgain(const RunFacts& facts, const std::string& what);
/// For a report in JSON.
std::string runAgain(const nlohmann::json& report, const std::string& what);

/// The command that brings back the machine of a failed scenario: its own (ScenarioResult::resume), else the run's
/// (RunFacts::resume), else `boxtest resume`.
std::string resumeAgain(const RunFacts& facts, const ScenarioResult& result);
/// In a process of the run, which has no facts of it.
std::string resumeAgain(const std::string& scenario);
/// For a report in JSON.
std::string resumeAgain(const nlohmann::json& report, const nlohmann::json& scenario);

}  // namespace boxtest
