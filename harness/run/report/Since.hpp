#pragma once

#include <string>
#include <vector>

#include "report/RunReport.hpp"

namespace boxtest {

/// What a report says otherwise than an earlier one: of claims and scenarios that both know, a sentence each whose verdict is
/// another, then those that are new, and one of those that are gone. What got worse comes first.
std::vector<std::string> changesSince(const RunReport& earlier, const RunReport& now);

}  // namespace boxtest
