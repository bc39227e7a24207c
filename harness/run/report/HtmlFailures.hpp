#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "report/HtmlParts.hpp"
#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// The scenarios that failed.
std::vector<ScenarioView> failuresOf(const nlohmann::json& report);

/// Draws every failure: what was expected and found, the requests before it, the journal and the console at that time, and the
/// commands that bring its machine back. Draws nothing if there are no failures.
void drawFailures(HtmlWriter& page, const nlohmann::json& report);

}  // namespace boxtest::html
