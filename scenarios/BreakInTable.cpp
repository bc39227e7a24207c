#include "BreakInTable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "Sections.hpp"

namespace boxtest {

namespace {

constexpr std::string_view repository =
#include "expected/break-in.txt"
    ;
constexpr std::string_view repositoryOfBackups =
#include "expected/break-in-backup.txt"
    ;

constexpr auto notAsked = "-";
constexpr auto ifOwned = "own";
constexpr char maybeMissing = '?';

const std::set<std::string> verbsOnAPath{"read", "overwrite",   "create",       "device",
                                         "unix", "setuid-file", "exec-dropped", "map-dropped"};

/// Every way to put values for the names between braces.
std::vector<std::string> filled(const std::string& word, const BreakInTable::Values& values) {
    const auto begin = word.find('{');
    const auto end = word.find('}', begin);
    if (begin == std::string::npos || end == std::string::npos) return {word};
    const auto name = word.substr(begin + 1, end - begin - 1);
    const auto found = values.find(name);
    if (found == values.end() || found->second.empty()) throw std::invalid_argument("nothing stands for {" + name + "}");
    std::vector<std::string> all;
    for (const auto& value : found->second)
        for (const auto& rest : filled(word.substr(end + 1), values)) all.push_back(word.substr(0, begin) + value + rest);
    return all;
}

}  // namespace

std::optional<std::string> BreakInProbe::program() const {
    if (!line.starts_with("run\t")) return std::nullopt;
    return splitAt(line, '\t').at(1);
}

std::optional<std::string> BreakInProbe::path() const {
    const auto words = splitAt(line, '\t');
    if (!verbsOnAPath.contains(words[0]) || words.size() != 2 || !words[1].starts_with('/')) return std::nullopt;
    return words[1];
}

std::string BreakInProbe::describe() const {
    std::string words = line;
    std::replace(words.begin(), words.end(), '\t', ' ');
    return words;
}

std::optional<std::string> BreakInProbe::deviation(const ProbeAnswer& answer, const PathOwners& owners,
                                                   const std::string& user) const {
    auto may = expected;
    const auto where = path();
    const bool there = !where || owners.contains(*where);
    if (may.ends_with(maybeMissing)) {
        may.pop_back();
        if (!there) may += "/ENOENT";
    } else if (!there) {
        return fmt::format("{}: it is not on the machine, so that nothing is proved", describe());
    }
    // Of a program that is there, as root finds it, this answer is none.
    if (const auto run = program(); answer.result == "ENOENT" && run && owners.contains(*run))
        return fmt::format("{}: the program is there and was not found, so that nothing is proved", describe());
    if (may == ifOwned) may = where && owners.at(*where) == user ? "ok" : "EACCES";
    const auto each = splitAt(may, '/');
    if (std::find(each.begin(), each.end(), answer.result) != each.end()) return std::nullopt;
    return fmt::format("{}: expected {}, found {}", describe(), may, answer.describe());
}

BreakInTable BreakInTable::parse(std::string_view rows) {
    BreakInTable table;
    for (const auto& line : splitLines(rows)) {
        if (line.starts_with('#')) continue;
        const auto bar = line.rfind('|');
        Row row{.words = splitWords(line.substr(0, std::min(bar, line.size()))), .expected = {}};
        if (bar != std::string::npos) row.expected = splitWords(line.substr(bar + 1));
        if (row.words.empty() || (row.expected.size() != 1 && row.expected.size() != services.size()))
            throw std::invalid_argument(
                fmt::format("expected 'PROBE | ANSWER' or {} answers, found '{}'", services.size(), line));
        table.rows_.push_back(std::move(row));
    }
    return table;
}

const BreakInTable& BreakInTable::expected() {
    static const auto table = parse(repository);
    return table;
}

const BreakInTable& BreakInTable::expectedOfBackups() {
    static const auto table = parse(repositoryOfBackups);
    return table;
}

std::vector<BreakInProbe> BreakInTable::probesOfAll(const Values& values) const { return probesOf(services[0], values); }

std::vector<BreakInProbe> BreakInTable::probesOf(std::string_view service, const Values& values) const {
    const auto column = static_cast<std::size_t>(std::find(services.begin(), services.end(), service) - services.begin());
    if (column == services.size()) throw std::invalid_argument("no column '" + std::string(service) + "'");
    std::vector<BreakInProbe> probes;
    for (const auto& row : rows_) {
        const auto& expected = row.expected.size() == 1 ? row.expected[0] : row.expected[column];
        if (expected == notAsked) continue;
        std::vector<std::string> lines{""};
        for (const auto& word : row.words) {
            std::vector<std::string> longer;
            for (const auto& line : lines)
                for (const auto& value : filled(word, values)) longer.push_back(line + (line.empty() ? "" : "\t") + value);
            lines = std::move(longer);
        }
        for (auto& line : lines) probes.push_back({std::move(line), expected});
    }
    return probes;
}

}  // namespace boxtest
