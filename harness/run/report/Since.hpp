#pragma once

#include <string>
#include <vector>

#include "report/RunReport.hpp"

namespace boxtest {

/// The differences between a report and an earlier one, one sentence each: claims and scenarios whose verdict changed, scenarios
/// that still fail but with other findings, new scenarios, and one sentence for all that were not run again. Changes for the
/// worse come first.
std::vector<std::string> changesSince(const RunReport& earlier, const RunReport& now);

}  // namespace boxtest
