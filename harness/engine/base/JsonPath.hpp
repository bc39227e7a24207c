#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace boxtest {

/// Converts a path to JSON without loss: a string, or {"bytes": [47, 233, ...]} for a path that is not UTF-8, because a string in
/// JSON must be UTF-8.
nlohmann::json pathToJson(const std::filesystem::path& path);

/// Throws nlohmann::json::exception for a value that pathToJson() cannot have created.
std::filesystem::path pathFromJson(const nlohmann::json& value);

}  // namespace boxtest
