#pragma once

#include <nlohmann/json_fwd.hpp>

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// Draws the documentation, by section and promise, with the scenarios for each promise and what they recorded.
void drawClaims(HtmlWriter& page, const nlohmann::json& report);

}  // namespace boxtest::html
