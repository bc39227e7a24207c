#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace boxtest {

/// A run's report as one page for people, made of what reportJson() has written, of this version or an older one: what is not in
/// it is not on the page. It loads nothing and runs nothing. "sabotages", if there, is what killMatrixJson() has written. Throws
/// UsageError when the JSON is no report.
std::string htmlReport(const nlohmann::json& report);

}  // namespace boxtest
