#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// The report for programs, with everything that the HTML page shows: the run's facts and counts; every claim of the catalogue
/// with its verdict, its scenarios (with their failures, records, the paths of attachments and, as "evidence", their content) and
/// the names of the scenarios that were not selected; and the time line.
std::string reportJson(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts = {});

/// Serialises the report in the format of reportJson().
std::string textOfReport(const nlohmann::json& report);

/// Replaces exit status, counts and claim verdicts in a report's JSON by those of `report`.
void judgeReportJson(nlohmann::json& json, const RunReport& report);

}  // namespace boxtest
