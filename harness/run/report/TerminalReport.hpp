#pragma once

#include <chrono>
#include <filesystem>
#include <ostream>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

/// "ok", "FAILED" or "not run", the scenario, its seconds: one line while the run goes on.
std::string describe(const ScenarioResult& result, const TextStyle& style);

/// "12.3 s", "4 min 05 s".
std::string describeDuration(std::chrono::duration<double> duration);

/// What heads the report of a machine in use: what it calls otherwise than the policy, and what has changed since last time.
void printLive(std::ostream& out, const RunFacts::Live& live, const TextStyle& style);

/// The summary of a run for a person: a table of claims, with what was recorded and the scenarios that passed
/// not, then every failed scenario with its text and the command that runs it again, known gaps, what was not run and why, what
/// was attached, then where the report's page is (when it is anywhere) and one line of counts.
void printReport(std::ostream& out, const RunReport& report, std::chrono::duration<double> duration, const TextStyle& style,
                 const RunFacts& facts, const std::filesystem::path& page = {});

}  // namespace boxtest
