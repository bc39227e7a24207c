#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace boxtest {

/// A run's report as one HTML page, made from the output of reportJson(), also of an older version: parts that the JSON lacks are
/// left out. The page loads and executes nothing. "sabotages", if present, is the output of killMatrixJson(). Throws UsageError
/// when the JSON is not a report.
std::string htmlReport(const nlohmann::json& report);

}  // namespace boxtest
