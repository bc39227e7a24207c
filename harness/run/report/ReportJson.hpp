#pragma once

#include <chrono>
#include <string>

#include "report/RunReport.hpp"

namespace boxtest {

/// The report for programs: the run's counts, and every claim of the catalogue with its verdict, the scenarios behind it (with
/// their failures, records, attachments) and the names of those that nobody asked for.
std::string reportJson(const RunReport& report, std::chrono::duration<double> duration);

}  // namespace boxtest
