#include "manifest/JsonReader.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

std::string shown(const json& value) {
    constexpr std::size_t enough = 80;
    auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > enough) text = text.substr(0, enough) + "...";
    return text;
}

bool isAbsolute(const std::string& path) { return path.starts_with('/'); }

json parse(const std::filesystem::path& file, const std::string& text) {
    // nlohmann-json keeps the last of two equal keys silently.
    std::vector<std::set<std::string>> open;
    auto check = [&](int, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start) open.emplace_back();
        if (event == json::parse_event_t::object_end) open.pop_back();
        if (event == json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second) {
            throw UsageError("'" + file.string() + "': the key " + parsed.dump() + " is there twice in one object");
        }
        return true;
    };
    try {
        return json::parse(text, check);
    } catch (const json::parse_error& failed) {
        throw UsageError("'" + file.string() + "': expected JSON, found: " + failed.what());
    }
}

}  // namespace

JsonReader::JsonReader(std::filesystem::path file, std::string pointer, json value)
    : file_(std::move(file)), pointer_(std::move(pointer)), value_(std::move(value)) {}

JsonReader JsonReader::open(const std::filesystem::path& file, const std::filesystem::path& copyOf) {
    std::string text;
    try {
        text = readWholeFile(file);
    } catch (const SystemError& error) {
        throw UsageError(error.what());
    }
    const auto& named = copyOf.empty() ? file : copyOf;
    auto value = parse(named, text);
    JsonReader reader(named, "", json::object());
    if (!value.is_object()) reader.refuse("", "an object", value);
    reader.value_ = std::move(value);
    return reader;
}

std::string JsonReader::pointerTo(const std::string& key) const {
    if (key.empty()) return pointer_.empty() ? "/" : pointer_;
    return (json::json_pointer(pointer_) / key).to_string();
}

void JsonReader::refuse(const std::string& key, const std::string& expected, const std::string& found) const {
    throw UsageError("'" + file_.string() + "': " + pointerTo(key) + ": expected " + expected + ", found " + found);
}

void JsonReader::refuse(const std::string& key, const std::string& expected, const json& found) const {
    refuse(key, expected, shown(found));
}

const json& JsonReader::take(const std::string& key, const std::string& expected) {
    known_.push_back(key);
    const auto found = value_.find(key);
    if (found == value_.end()) refuse(key, expected, std::string("no such key"));
    return *found;
}

JsonReader JsonReader::object(const std::string& key) {
    const auto& value = take(key, "an object");
    if (!value.is_object()) refuse(key, "an object", value);
    return JsonReader(file_, pointerTo(key), value);
}

std::string JsonReader::text(const std::string& key) {
    const std::string expected = "a text that is not empty";
    const auto& value = take(key, expected);
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) refuse(key, expected, value);
    return value;
}

std::string JsonReader::textThat(const std::string& key, bool (*holds)(const std::string&), const std::string& expected) {
    const auto& value = take(key, expected);
    if (!value.is_string() || !holds(value.get_ref<const std::string&>())) refuse(key, expected, value);
    return value;
}

std::string JsonReader::oneOf(const std::string& key, std::initializer_list<std::string_view> allowed) {
    std::string expected;
    for (const auto one : allowed) expected += (expected.empty() ? "\"" : " or \"") + std::string(one) + "\"";
    const auto& value = take(key, expected);
    if (!value.is_string() || std::find(allowed.begin(), allowed.end(), value.get_ref<const std::string&>()) == allowed.end()) {
        refuse(key, expected, value);
    }
    return value;
}

int JsonReader::integer(const std::string& key, int least, int most) {
    std::string expected = "an integer of at least " + std::to_string(least);
    if (most != std::numeric_limits<int>::max())
        expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
    const auto& value = take(key, expected);
    if (!value.is_number_integer() || value < least || value > most) refuse(key, expected, value);
    return value;
}

std::uint16_t JsonReader::port(const std::string& key) { return static_cast<std::uint16_t>(integer(key, 1, 65535)); }

std::string JsonReader::guestPath(const std::string& key) { return textThat(key, isAbsolute, "an absolute path"); }

std::vector<std::string> JsonReader::guestPaths(const std::string& key) {
    const std::string expected = "an array of absolute paths";
    const auto& value = take(key, expected);
    if (!value.is_array()) refuse(key, expected, value);
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (!value[i].is_string() || !isAbsolute(value[i].get_ref<const std::string&>())) {
            refuse(key, "an absolute path at [" + std::to_string(i) + "]", value[i]);
        }
        paths.push_back(value[i]);
    }
    return paths;
}

std::filesystem::path JsonReader::file(const std::string& key) {
    const std::string expected = "a file in the guest's folder (relative, without '..')";
    const auto& value = take(key, expected);
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) refuse(key, expected, value);
    const std::filesystem::path relative = value.get<std::string>();
    if (relative.is_absolute() || std::find(relative.begin(), relative.end(), "..") != relative.end())
        refuse(key, expected, value);
    auto whole = file_.parent_path() / relative;
    std::error_code failed;
    if (!std::filesystem::is_regular_file(whole, failed)) {
        refuse(key, "a file", shown(value) + ", and '" + whole.string() + "' is " + (failed ? "not there" : "no file"));
    }
    return whole;
}

std::map<std::string, std::string> JsonReader::texts() {
    if (value_.empty()) refuse("", "at least one key", value_);
    std::map<std::string, std::string> all;
    for (const auto& [key, value] : value_.items()) {
        if (!take(key, "a text").is_string()) refuse(key, "a text", value);
        all[key] = value;
    }
    return all;
}

std::map<std::string, std::filesystem::path> JsonReader::files() {
    if (value_.empty()) refuse("", "at least one key", value_);
    std::map<std::string, std::filesystem::path> all;
    for (const auto& [key, value] : value_.items()) all[key] = file(key);
    return all;
}

void JsonReader::finish() const {
    for (const auto& [key, value] : value_.items()) {
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        std::string expected = "one of";
        for (const auto& one : known_) expected += " " + one;
        refuse(key, expected, "an unknown key (" + shown(value) + ")");
    }
}

}  // namespace boxtest
