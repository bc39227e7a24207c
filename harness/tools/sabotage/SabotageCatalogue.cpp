#include "sabotage/SabotageCatalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

// Invalid TOML must cause a parse_error. For some invalid text (a table header without a key), toml++ instead asserts that it
// cannot occur: that ends the program, or with NDEBUG lets the compiler assume it.
#define TOML_ASSERT(expr) static_cast<void>(0)
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TextPattern.hpp"

namespace boxtest {

namespace {

constexpr std::array<std::string_view, 14> knownKinds{"database",   "hba", "settings", "users",  "files",   "sshd",    "sandbox",
                                                      "stale unit", "web", "tls",      "backup", "network", "service", "harness"};
constexpr std::array<std::string_view, 8> keys{"kind", "breaks", "notice", "says", "lift", "do", "check", "ends"};

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1));
}

bool isName(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

/// One table of a file: the sabotage with this id. Messages name the file and the line.
class Entry {
   public:
    Entry(std::string file, std::string id, const toml::node& node)
        : file_(std::move(file)), id_(std::move(id)), line_(node.source().begin.line), table_(node.as_table()) {
        if (!table_) refuse(node, fmt::format("'{}' belongs to no sabotage: it stands before the first [id]", id_));
        if (!isName(id_)) refuse(node, fmt::format("'{}' is not an id: [small-letters-and-dashes]", id_));
        for (const auto& [key, value] : *table_)
            if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
                refuse(value, fmt::format("'{}' is none of: {}", key.str(), fmt::join(keys, ", ")));
    }

    const std::string& id() const { return id_; }
    std::uint32_t line() const { return line_; }
    std::string where() const { return fmt::format("{}:{}", file_, line_); }
    bool has(std::string_view key) const { return table_->contains(key); }

    /// Removes white space at the ends; empty if the key is missing.
    std::string text(std::string_view key) const {
        const auto* node = table_->get(key);
        if (!node) return {};
        const auto value = node->value<std::string>();
        if (!node->is_string() || !value) refuse(key, fmt::format("'{}' is no string", key));
        return trimmed(*value);
    }

    std::string needed(std::string_view key) const {
        auto value = text(key);
        if (value.empty()) refuse(key, fmt::format("[{}] has no '{}'", id_, key));
        return value;
    }

    std::vector<std::string> list(std::string_view key) const {
        std::vector<std::string> all;
        const auto* node = table_->get(key);
        if (!node) return all;
        const auto* array = node->as_array();
        if (!array || !(array->empty() || array->is_homogeneous<std::string>()))
            refuse(key, fmt::format("'{}' is no list of strings", key));
        for (const auto& one : *array) all.push_back(one.value_or(std::string()));
        return all;
    }

    /// Reports the line of the key, or of the entry if the key is missing.
    [[noreturn]] void refuse(std::string_view key, const std::string& what) const {
        const auto* node = table_->get(key);
        throw UsageError(fmt::format("{}:{}: {}", file_, node ? node->source().begin.line : line_, what));
    }

   private:
    [[noreturn]] void refuse(const toml::node& node, const std::string& what) const {
        throw UsageError(fmt::format("{}:{}: {}", file_, node.source().begin.line, what));
    }

    std::string file_;
    std::string id_;
    std::uint32_t line_;
    const toml::table* table_;
};

Sabotage::Ends endsOf(const Entry& entry) {
    const auto ends = entry.has("ends") ? entry.text("ends") : "failed";
    if (ends == "failed") return Sabotage::Ends::failed;
    if (ends == "not-run") return Sabotage::Ends::notRun;
    if (ends == "either") return Sabotage::Ends::either;
    entry.refuse("ends", fmt::format("'{}' is none of failed, not-run, either", ends));
}

/// Checks that it is a regular expression that does not match every text.
void checkSays(const Entry& entry, const std::string& says) {
    std::optional<TextPattern> regex;
    try {
        regex.emplace(says);
    } catch (const UsageError& error) {
        entry.refuse("says", error.what());
    }
    if (regex->fits("")) entry.refuse("says", "'says' fits every text, and so proves nothing");
}

Sabotage sabotageOf(const Entry& entry, const std::string& claim) {
    Sabotage sabotage{.id = entry.id(),
                      .claim = claim,
                      .kind = entry.needed("kind"),
                      .breaks = entry.needed("breaks"),
                      .lift = entry.text("lift"),
                      .act = entry.needed("do"),
                      .check = entry.needed("check"),
                      .notice = entry.list("notice"),
                      .says = entry.needed("says"),
                      .ends = endsOf(entry),
                      .where = entry.where()};
    if (std::find(knownKinds.begin(), knownKinds.end(), sabotage.kind) == knownKinds.end())
        entry.refuse("kind", fmt::format("the kind '{}' is none of: {}", sabotage.kind, fmt::join(knownKinds, ", ")));
    checkSays(entry, sabotage.says);
    return sabotage;
}

}  // namespace

std::span<const std::string_view> SabotageCatalogue::kinds() { return knownKinds; }

std::vector<Sabotage> SabotageCatalogue::parse(std::string_view text, const std::string& file, const std::string& claim) {
    try {
        const auto document = toml::parse(text);
        std::vector<Entry> entries;
        for (const auto& [id, node] : document) entries.emplace_back(file, std::string(id.str()), node);
        // toml++ sorts tables by name: restore the order of the file.
        std::sort(entries.begin(), entries.end(), [](const Entry& one, const Entry& other) { return one.line() < other.line(); });
        std::vector<Sabotage> sabotages;
        for (const auto& entry : entries) sabotages.push_back(sabotageOf(entry, claim));
        return sabotages;
    } catch (const toml::parse_error& error) {
        throw UsageError(fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
    }
}

SabotageCatalogue SabotageCatalogue::load(const std::filesystem::path& folder) {
    std::error_code failed;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".toml") files.push_back(entry->path());
    if (failed) throw SystemError(fmt::format("cannot read the catalogue of sabotages '{}'", folder.string()), failed.value());
    if (files.empty()) throw UsageError(fmt::format("'{}' has no file *.toml", folder.string()));
    std::sort(files.begin(), files.end());
    SabotageCatalogue catalogue;
    catalogue.functions_ = readWholeFile(folder / "functions.sh");
    std::map<std::string, std::string> seen;
    for (const auto& file : files) {
        for (auto& sabotage : parse(readWholeFile(file), file.filename().string(), file.stem().string())) {
            const auto [other, isNew] = seen.try_emplace(sabotage.id, sabotage.where);
            if (!isNew) throw UsageError(fmt::format("{}: [{}] is at {} already", sabotage.where, sabotage.id, other->second));
            catalogue.all_.push_back(std::move(sabotage));
        }
    }
    return catalogue;
}

const Sabotage& SabotageCatalogue::at(const std::string& id) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Sabotage& one) { return one.id == id; });
    if (found == all_.end()) throw UsageError(fmt::format("there is no sabotage '{}'; boxtest sabotage --list shows them", id));
    return *found;
}

}  // namespace boxtest
