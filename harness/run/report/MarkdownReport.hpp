#pragma once

#include <chrono>
#include <string>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// The table of claims in GitHub's Markdown, for the summary of a CI job: verdict and counts, every claim, then each failure with
/// its first line and the command that runs the scenario again. Text from the guest is escaped and cannot be markup.
std::string markdownReport(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts);

}  // namespace boxtest
