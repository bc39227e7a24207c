#pragma once

#include <nlohmann/json_fwd.hpp>

#include "report/HtmlWriter.hpp"

namespace boxtest::html {

/// The documentation, section by section and promise by promise, with the scenarios behind each and what they recorded.
void drawClaims(HtmlWriter& page, const nlohmann::json& report);

}  // namespace boxtest::html
