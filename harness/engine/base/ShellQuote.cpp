#include "base/ShellQuote.hpp"

#include <algorithm>

#include "base/Error.hpp"

namespace boxtest {

namespace {

bool isPlain(char c) {
    constexpr std::string_view punctuation = "_-./:@%+,";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           punctuation.find(c) != std::string_view::npos;
}

}  // namespace

std::string shellQuote(std::string_view word) {
    if (word.find('\0') != std::string_view::npos) throw UsageError("a word for a shell cannot hold a NUL byte");
    if (!word.empty() && std::all_of(word.begin(), word.end(), isPlain)) return std::string(word);
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'') {
            quoted += R"('\'')";
        } else {
            quoted += c;
        }
    }
    return quoted += '\'';
}

std::string shellQuote(std::span<const std::string> words) {
    std::string line;
    for (const auto& word : words) {
        if (!line.empty()) line += ' ';
        line += shellQuote(word);
    }
    return line;
}

}  // namespace boxtest
