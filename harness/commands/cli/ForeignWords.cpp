#include "cli/ForeignWords.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace boxtest::foreign {

namespace {

bool isOption(const std::string& word) { return word.size() > 1 && word.starts_with('-'); }

bool isName(const std::string& word) { return word.size() > 2 && word.starts_with("--"); }

/// Whether the next word is the value of this option.
bool takesNextWord(const std::string& word, const ValuedOptions& valued) {
    if (isName(word)) {
        const auto name = std::string_view(word).substr(2);
        return std::any_of(valued.names.begin(), valued.names.end(), [&](std::string_view one) { return one.starts_with(name); });
    }
    const auto letter = word.find_first_of(valued.letters, 1);
    return letter != std::string::npos && letter + 1 == word.size();
}

}  // namespace

const ValuedOptions& sshOptions() {
    static const ValuedOptions options{.letters = "BbcDEeFIiJLlmOopPQRSWw", .names = {}};
    return options;
}

const ValuedOptions& psqlOptions() {
    static const ValuedOptions options{
        .letters = "cdfFhLopPRTUv",
        .names = {"command", "dbname", "field-separator", "file", "host", "log-file", "output", "port", "pset",
                  "record-separator", "set", "table-attr", "username", "variable"}};
    return options;
}

Line Line::read(const std::vector<std::string>& words, const ValuedOptions& valued) {
    Line line;
    auto word = words.begin();
    for (; word != words.end() && !line.isClosed && isOption(*word); ++word) {
        if (*word == "--") {
            line.isClosed = true;
        } else if (*word == "-h" || *word == "--help" || (isName(*word) && valued.names.empty())) {
            line.own.push_back(*word);
        } else {
            line.options.push_back(*word);
            if (takesNextWord(*word, valued) && word + 1 != words.end()) line.options.push_back(*++word);
        }
    }
    if (word == words.end()) return line;
    line.own.push_back(*word);
    line.rest.assign(word + 1, words.end());
    return line;
}

void takeSshUser(Line& line) {
    const auto& letters = sshOptions().letters;
    std::optional<std::string> user;
    std::vector<std::string> others;
    for (auto word = line.options.begin(); word != line.options.end(); ++word) {
        const auto letter = word->find_first_of(letters, 1);
        const bool hasNext = letter != std::string::npos && letter + 1 == word->size() && word + 1 != line.options.end();
        if (letter == std::string::npos || (*word)[letter] != 'l') {
            others.push_back(*word);
            if (hasNext) others.push_back(*++word);
            continue;
        }
        const auto value = hasNext ? *(word + 1) : word->substr(letter + 1);
        if (letter > 1) others.push_back(word->substr(0, letter));
        if (hasNext) ++word;
        // As in ssh, the first one counts.
        if (!user) user = value;
    }
    line.options = std::move(others);
    if (line.own.empty() || line.own.back().starts_with('-')) return;
    auto& destination = line.own.back();
    if (user) {
        destination = *user;
    } else if (const auto at = destination.rfind('@'); at != std::string::npos) {
        destination.resize(at);
    }
}

std::vector<std::string> withoutSeparator(std::vector<std::string> words) {
    const auto first = std::find_if(words.begin(), words.end(), isOption);
    if (first != words.end() && *first == "--") words.erase(first);
    return words;
}

}  // namespace boxtest::foreign
