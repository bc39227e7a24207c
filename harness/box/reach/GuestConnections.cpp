#include "reach/GuestConnections.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace boxtest {

namespace {

constexpr std::array<std::pair<GuestConnection, std::string_view>, 5> names{
    {{GuestConnection::adminSession, "admin"},
     {GuestConnection::rootShell, "root"},
     {GuestConnection::adminTunnel, "admin-tunnel"},
     {GuestConnection::handymanSession, "handyman"},
     {GuestConnection::handymanTunnel, "handyman-tunnel"}}};

}  // namespace

std::vector<std::string> wordsOf(const GuestConnections& connections) {
    std::vector<std::string> words;
    for (const auto& [connection, word] : names)
        if (connections.contains(connection)) words.emplace_back(word);
    return words;
}

GuestConnections connectionsOf(const std::vector<std::string>& words) {
    GuestConnections connections;
    for (const auto& word : words) {
        const auto* const found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.second == word; });
        if (found == names.end()) throw std::invalid_argument("'" + word + "' is no way to a guest");
        connections.insert(found->first);
    }
    return connections;
}

}  // namespace boxtest
