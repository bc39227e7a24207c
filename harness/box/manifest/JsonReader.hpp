#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// A strict view of one object in a JSON file. Every error is a UsageError that names the file, the JSON pointer, what was
/// expected and what was found. The caller reads every key it supports, then calls finish(), which rejects all other keys.
class JsonReader {
   public:
    /// Throws when the file cannot be read, is not JSON, has a duplicate key in one object, or is not an object at the top.
    /// `copyOf`, if it is not empty, is the file that errors name, and that files in it are relative to.
    static JsonReader open(const std::filesystem::path& file, const std::filesystem::path& copyOf = {});

    JsonReader object(const std::string& key);
    bool has(const std::string& key) const { return value_.contains(key); }

    std::string text(const std::string& key);  ///< not empty
    std::string textThat(const std::string& key, bool (*holds)(const std::string&), const std::string& expected);
    std::string oneOf(const std::string& key, std::initializer_list<std::string_view> allowed);
    int integer(const std::string& key, int least, int most);
    std::uint16_t port(const std::string& key);
    std::string guestPath(const std::string& key);  ///< absolute path in the guest or in a URL
    std::vector<std::string> guestPaths(const std::string& key);
    std::filesystem::path file(const std::string& key);  ///< relative in the file, absolute here; must exist
    std::map<std::string, std::string> texts();          ///< every key of this object; all values are texts
    std::map<std::string, std::filesystem::path> files();

    /// Throws for keys that were not read.
    void finish() const;

   private:
    JsonReader(std::filesystem::path file, std::string pointer, nlohmann::json value);
    const nlohmann::json& take(const std::string& key, const std::string& expected);
    std::string pointerTo(const std::string& key) const;
    [[noreturn]] void refuse(const std::string& key, const std::string& expected, const std::string& found) const;
    [[noreturn]] void refuse(const std::string& key, const std::string& expected, const nlohmann::json& found) const;

    std::filesystem::path file_;
    std::string pointer_;
    nlohmann::json value_;
    std::vector<std::string> known_;
};

}  // namespace boxtest
