#include "vm/Usernet.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace boxtest {

namespace {

constexpr auto forwardedPort = "TCP[HOST_FORWARD]";

bool isConnection(const Usernet::Entry& entry) {
    return entry.kind.starts_with("TCP[") && entry.kind != forwardedPort && entry.kind != "TCP[TIME_WAIT]" &&
           entry.kind != "TCP[CLOSED]";
}

}  // namespace

Usernet Usernet::parse(std::string text) {
    Usernet network;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        // "  TCP[HOST_FORWARD]  13       127.0.0.1 39267       10.0.2.15    22     0     0"
        std::istringstream words(line);
        Entry entry;
        std::string descriptor;
        if (!(words >> entry.kind) || entry.kind.find('[') == std::string::npos) continue;
        words >> descriptor >> entry.source >> entry.sourcePort >> entry.destination >> entry.destinationPort;
        network.entries.push_back(std::move(entry));
    }
    network.text = std::move(text);
    return network;
}

bool Usernet::hasConnections() const { return std::any_of(entries.begin(), entries.end(), isConnection); }

}  // namespace boxtest
