#pragma once

#include <chrono>
#include <filesystem>
#include <ostream>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

/// "ok", "FAILED" or "not run", the scenario, its seconds: one line, shown during the run.
std::string describe(const ScenarioResult& result, const TextStyle& style);

/// "12.3 s", "4 min 05 s".
std::string describeDuration(std::chrono::duration<double> duration);

/// Prints the head of a report on a machine in use: its names that differ from the policy, and the changes since the earlier
/// report.
void printLive(std::ostream& out, const RunFacts::Live& live, const TextStyle& style);

/// Prints the summary of a run: a table of claims, with what was recorded and the scenarios that did not pass; then every failed
/// scenario with its text and the command that runs it again, known gaps, what was not run and why, attachments, then the path of
/// the report's page (if there is one) and one line of counts.
void printReport(std::ostream& out, const RunReport& report, std::chrono::duration<double> duration, const TextStyle& style,
                 const RunFacts& facts, const std::filesystem::path& page = {});

}  // namespace boxtest
