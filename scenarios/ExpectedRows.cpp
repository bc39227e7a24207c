#include "ExpectedRows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "Sections.hpp"

namespace boxtest {

namespace {

std::string_view firstWord(std::string_view row) { return row.substr(0, row.find(' ')); }

/// Words with one blank between them: what is aligned in a table is one blank in a row.
std::string normalised(std::string_view line) {
    std::string text;
    for (const auto& word : splitWords(line)) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// The pattern with each `{name}` replaced, once for each combination of values. A name means the same wherever it stands in it.
std::vector<std::string> expanded(const std::string& pattern, const ExpectedRows::Values& values) {
    const auto open = pattern.find('{');
    if (open == std::string::npos) return {pattern};
    const auto close = pattern.find('}', open);
    if (close == std::string::npos) throw std::invalid_argument("no closing brace in '" + pattern + "'");
    const auto name = pattern.substr(open + 1, close - open - 1);
    const auto found = values.find(name);
    if (found == values.end()) throw std::invalid_argument("there is no value for {" + name + "} in '" + pattern + "'");
    std::vector<std::string> all;
    for (const auto& value : found->second) {
        auto one = pattern;
        for (auto at = open; at != std::string::npos; at = one.find("{" + name + "}", at + value.size()))
            one.replace(at, name.size() + 2, value);
        for (auto& whole : expanded(one, values)) all.push_back(std::move(whole));
    }
    return all;
}

}  // namespace

ExpectedRows ExpectedRows::parse(std::string_view text, std::string_view flavour, const Values& values) {
    ExpectedRows table;
    for (const auto& line : splitLines(text)) {
        if (line.starts_with('#')) continue;
        const auto whole = normalised(line);
        const auto space = whole.find(' ');
        if (space == std::string::npos) throw std::invalid_argument("no pattern in the line '" + line + "'");
        const auto verb = whole.substr(0, space), rest = whole.substr(space + 1);
        const auto colon = verb.find(':');
        const auto what = verb.substr(0, colon);
        if (what != "says" && what != "must" && what != "may")
            throw std::invalid_argument("not says, must or may: '" + line + "'");
        if (colon != std::string::npos && verb.substr(colon + 1) != flavour) continue;
        if (what == "says") {
            table.sentences_[std::string(firstWord(rest))] = rest.substr(std::min(rest.size(), firstWord(rest).size() + 1));
            continue;
        }
        for (auto& pattern : expanded(rest, values)) table.lines_.push_back({std::move(pattern), what == "must"});
    }
    return table;
}

std::vector<std::string> ExpectedRows::findings(const std::vector<std::string>& rows,
                                                const std::vector<std::string>& kinds) const {
    const auto looked = [&](std::string_view row) {
        return kinds.empty() || std::ranges::find(kinds, firstWord(row)) != kinds.end();
    };
    std::vector<std::string> found;
    std::vector<bool> met(lines_.size());
    for (const auto& row : rows) {
        if (!looked(row)) continue;
        bool known = false;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if ((known && met[i]) || !matches(lines_[i].pattern, row)) continue;
            known = met[i] = true;
        }
        if (known) continue;
        const auto sentence = sentences_.find(std::string(firstWord(row)));
        found.push_back(fmt::format("{}: {}", sentence == sentences_.end() ? "nobody expects this" : sentence->second, row));
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].must && !met[i] && looked(lines_[i].pattern))
            found.push_back("must be there, and is not: " + lines_[i].pattern);
    }
    return found;
}

bool ExpectedRows::matches(std::string_view pattern, std::string_view text) {
    // Where the last star stands, and how far its text goes: on a mismatch it takes one character more, if it may.
    std::size_t at = 0, in = 0, starAt = std::string_view::npos, starIn = 0;
    bool anything = false;
    while (in < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            anything = pattern.substr(at, 2) == "**";
            at += anything ? 2 : 1;
            starAt = at;
            starIn = in;
        } else if (at < pattern.size() && pattern[at] == text[in]) {
            ++at;
            ++in;
        } else if (starAt != std::string_view::npos && (anything || text[starIn] != ' ')) {
            at = starAt;
            in = ++starIn;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*') ++at;
    return at == pattern.size();
}

}  // namespace boxtest
