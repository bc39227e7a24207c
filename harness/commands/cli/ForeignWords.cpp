#include "cli/ForeignWords.hpp"

#include <algorithm>
#include <string_view>

namespace boxtest::foreign {

namespace {

/// ssh(1): the options that take a value, in the same word or in the next one.
constexpr std::string_view sshOptionsWithValue = "BbcDEeFIiJLlmOopPQRSWw";

bool isOption(const std::string& word) { return word.size() > 1 && word.starts_with('-'); }

}  // namespace

std::size_t upToUser(const std::vector<std::string>& words) {
    const auto user = std::find_if(words.begin(), words.end(), [](const std::string& word) { return !word.starts_with('-'); });
    return user == words.end() ? words.size() : static_cast<std::size_t>(user - words.begin()) + 1;
}

std::vector<std::string> withoutSeparator(std::vector<std::string> words) {
    const auto first = std::find_if(words.begin(), words.end(), isOption);
    if (first != words.end() && *first == "--") words.erase(first);
    return words;
}

SshWords SshWords::read(const std::vector<std::string>& words) {
    SshWords read;
    std::size_t i = 0;
    for (; i < words.size() && isOption(words[i]); ++i) {
        if (words[i] == "--") {
            ++i;
            break;
        }
        for (std::size_t letter = 1; letter < words[i].size(); ++letter) {
            if (words[i][letter] == 't') read.asksForTerminal = true;
            if (sshOptionsWithValue.find(words[i][letter]) == std::string_view::npos) continue;
            if (letter + 1 == words[i].size()) ++i;
            break;
        }
    }
    read.hasCommand = i < words.size();
    return read;
}

}  // namespace boxtest::foreign
