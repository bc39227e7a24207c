#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace boxtest {

/// A path in JSON: a text, or {"bytes": [47, 233, ...]} for one that is no UTF-8, which a text in JSON must be. Nothing of it is
/// lost either way.
nlohmann::json pathToJson(const std::filesystem::path& path);

/// Throws nlohmann::json::exception for anything that pathToJson() did not make.
std::filesystem::path pathFromJson(const nlohmann::json& value);

}  // namespace boxtest
