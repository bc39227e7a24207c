#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace boxtest {

/// A file that a scenario attached, as a report in JSON carries it, so that the report is whole without the file:
/// {"name": "peer-matrix.txt", "text": "..."} or {"name": "odoo-login.png", "png": "base64"}; with "left_out": "why" instead of
/// either when it is too large or cannot be read.
nlohmann::json evidenceJson(const std::filesystem::path& file);

}  // namespace boxtest
