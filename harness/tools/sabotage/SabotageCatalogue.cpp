#include "sabotage/SabotageCatalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "sabotage/PosixRegex.hpp"

namespace boxtest {

namespace {

constexpr std::array<std::string_view, 14> knownKinds{"database",   "hba", "settings", "users",  "files",   "sshd",    "sandbox",
                                                      "stale unit", "web", "tls",      "backup", "network", "service", "harness"};
constexpr std::array<std::string_view, 8> keys{"kind", "breaks", "notice", "says", "lift", "do", "check", "ends"};
constexpr std::string_view indent = "    ";

struct Value {
    std::string text;
    std::size_t line = 0;
};

/// An entry as it stands in the file.
struct Entry {
    std::string id;
    std::size_t line = 0;
    std::map<std::string, Value, std::less<>> values;
};

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1));
}

bool isName(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

[[noreturn]] void refuse(const std::string& file, std::size_t line, const std::string& what) {
    throw UsageError(fmt::format("{}:{}: {}", file, line, what));
}

/// Splits a file into entries; what the values mean is not looked at.
class Reader {
   public:
    Reader(std::string_view text, const std::string& file) : text_(std::string(text)), file_(file) {}

    std::vector<Entry> read() {
        std::istringstream lines(text_);
        for (std::string line; std::getline(lines, line);) {
            ++line_;
            take(line);
        }
        return std::move(entries_);
    }

   private:
    void take(const std::string& line) {
        if (trimmed(line).empty()) return continueValue("");
        if (line.starts_with(indent)) return continueValue(line.substr(indent.size()));
        if (line.starts_with('#')) return;
        if (line.starts_with('[')) return beginEntry(line);
        beginValue(line);
    }

    void beginEntry(const std::string& line) {
        const auto id = trimmed(line);
        if (!id.ends_with(']') || !isName(std::string_view(id).substr(1, id.size() - 2)))
            refuse(file_, line_, fmt::format("'{}' is no id: [small-letters-and-dashes]", id));
        entries_.push_back({.id = id.substr(1, id.size() - 2), .line = line_, .values = {}});
        value_ = nullptr;
    }

    void beginValue(const std::string& line) {
        const auto colon = line.find(':');
        const auto key = line.substr(0, std::min(colon, line.size()));
        if (colon == std::string::npos || std::find(keys.begin(), keys.end(), key) == keys.end())
            refuse(file_, line_,
                   fmt::format("'{}' is none of: {}: (or not indented by four spaces)", key, fmt::join(keys, ":, ")));
        if (entries_.empty()) refuse(file_, line_, fmt::format("'{}:' before the first [id]", key));
        const auto [place, isNew] = entries_.back().values.try_emplace(key, Value{trimmed(line.substr(colon + 1)), line_});
        if (!isNew) refuse(file_, line_, fmt::format("a second '{}:' of [{}]", key, entries_.back().id));
        value_ = &place->second;
    }

    void continueValue(const std::string& rest) {
        if (value_)
            value_->text += "\n" + rest;
        else if (!rest.empty())
            refuse(file_, line_, "an indented line that belongs to no key");
    }

    std::string text_;
    const std::string& file_;
    std::size_t line_ = 0;
    std::vector<Entry> entries_;
    Value* value_ = nullptr;
};

std::vector<std::string> wordsOf(const std::string& text) {
    std::istringstream words(text);
    std::vector<std::string> all;
    for (std::string word; words >> word;) all.push_back(word);
    return all;
}

Sabotage::Ends endsOf(const std::string& file, const Value& value) {
    if (value.text == "failed") return Sabotage::Ends::failed;
    if (value.text == "not-run") return Sabotage::Ends::notRun;
    if (value.text == "either") return Sabotage::Ends::either;
    refuse(file, value.line, fmt::format("'{}' is none of failed, not-run, either", value.text));
}

Sabotage sabotageOf(const Entry& entry, const std::string& file, const std::string& claim) {
    const auto value = [&](std::string_view key) {
        const auto found = entry.values.find(key);
        return found == entry.values.end() ? Value{"", entry.line} : Value{trimmed(found->second.text), found->second.line};
    };
    for (const auto* key : {"kind", "breaks", "says", "do", "check"})
        if (value(key).text.empty()) refuse(file, value(key).line, fmt::format("[{}] has no '{}:'", entry.id, key));
    Sabotage sabotage{.id = entry.id,
                      .claim = claim,
                      .kind = value("kind").text,
                      .breaks = fmt::format("{}", fmt::join(wordsOf(value("breaks").text), " ")),
                      .lift = value("lift").text,
                      .act = value("do").text,
                      .check = value("check").text,
                      .notice = wordsOf(value("notice").text),
                      .says = value("says").text,
                      .where = fmt::format("{}:{}", file, entry.line)};
    if (std::find(knownKinds.begin(), knownKinds.end(), sabotage.kind) == knownKinds.end())
        refuse(file, value("kind").line, fmt::format("the kind '{}' is none of: {}", sabotage.kind, fmt::join(knownKinds, ", ")));
    if (entry.values.contains("ends")) sabotage.ends = endsOf(file, value("ends"));
    try {
        const PosixRegex regex(sabotage.says);
        if (regex.fits("")) refuse(file, value("says").line, "'says:' fits every text, and so proves nothing");
    } catch (const UsageError& error) {
        if (std::string_view(error.what()).starts_with(file)) throw;
        refuse(file, value("says").line, error.what());
    }
    return sabotage;
}

}  // namespace

std::span<const std::string_view> SabotageCatalogue::kinds() { return knownKinds; }

std::vector<Sabotage> SabotageCatalogue::parse(std::string_view text, const std::string& file, const std::string& claim) {
    std::vector<Sabotage> sabotages;
    for (const auto& entry : Reader(text, file).read()) sabotages.push_back(sabotageOf(entry, file, claim));
    return sabotages;
}

SabotageCatalogue SabotageCatalogue::load(const std::filesystem::path& folder) {
    std::error_code failed;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".sabotage") files.push_back(entry->path());
    if (failed) throw SystemError(fmt::format("cannot read the catalogue of sabotages '{}'", folder.string()), failed.value());
    if (files.empty()) throw UsageError(fmt::format("'{}' has no file *.sabotage", folder.string()));
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
