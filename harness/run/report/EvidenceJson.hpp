#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace boxtest {

/// An attached file in the JSON report's format, which makes the report complete without the file: {"name": "peer-matrix.txt",
/// "text": "..."} or {"name": "odoo-login.png", "png": "base64"}; with "left_out": "why" instead of either if it is too large or
/// cannot be read.
nlohmann::json evidenceJson(const std::filesystem::path& file);

}  // namespace boxtest
