#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "report/HtmlParts.hpp"
#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// Scenarios that failed.
std::vector<ScenarioView> failuresOf(const nlohmann::json& report);

/// Every failure: what was expected and found, what led there, the journal and the console around that moment, and the commands
/// that bring its machine back. Nothing when there is none.
void drawFailures(HtmlWriter& page, const nlohmann::json& report);

}  // namespace boxtest::html
