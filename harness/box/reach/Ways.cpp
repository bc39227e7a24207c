#include "reach/Ways.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace boxtest {

namespace {

constexpr std::array<std::pair<Way, std::string_view>, 5> names{{{Way::adminSession, "admin"},
                                                                 {Way::rootShell, "root"},
                                                                 {Way::adminTunnel, "admin-tunnel"},
                                                                 {Way::handymanSession, "handyman"},
                                                                 {Way::handymanTunnel, "handyman-tunnel"}}};

}  // namespace

std::vector<std::string> wordsOf(const Ways& ways) {
    std::vector<std::string> words;
    for (const auto& [way, word] : names)
        if (ways.contains(way)) words.emplace_back(word);
    return words;
}

Ways waysOf(const std::vector<std::string>& words) {
    Ways ways;
    for (const auto& word : words) {
        const auto* const found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.second == word; });
        if (found == names.end()) throw std::invalid_argument("'" + word + "' is no way to a guest");
        ways.insert(found->first);
    }
    return ways;
}

}  // namespace boxtest
