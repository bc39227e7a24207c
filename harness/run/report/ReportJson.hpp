#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// The report for programs, and all that its page shows: the run's facts and counts, and every claim of the catalogue with its
/// verdict, the scenarios behind it (with their failures, records, the paths of attachments and, as "evidence", their content)
/// and the names of those that nobody asked for; and where the time went.
std::string reportJson(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts = {});

/// As reportJson() returns it.
std::string textOfReport(const nlohmann::json& report);

/// Writes exit status, counts and verdicts of claims into a report's JSON, as the report has them.
void judgeReportJson(nlohmann::json& json, const RunReport& report);

}  // namespace boxtest
