#include "base/JsonPath.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace boxtest {

using nlohmann::json;

json pathToJson(const std::filesystem::path& path) {
    json text = path.string();
    try {
        static_cast<void>(text.dump());
        return text;
    } catch (const json::type_error&) {
        json bytes = json::array();
        for (const char c : path.string()) bytes.push_back(static_cast<unsigned char>(c));
        return {{"bytes", bytes}};
    }
}

std::filesystem::path pathFromJson(const json& value) {
    if (!value.is_object()) return value.get<std::string>();
    std::string path;
    for (const auto byte : value.at("bytes").get<std::vector<std::uint8_t>>()) path += static_cast<char>(byte);
    return path;
}

}  // namespace boxtest
