#include "ProcNet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

/// The kernel prints each 32-bit word of the address in its own byte order; every guest and host we have is little-endian.
std::string addressOf(const std::string& hex) {
    std::array<unsigned char, 16> bytes{};
    const auto words = hex.size() / 8;
    for (std::size_t word = 0; word < words; ++word) {
        const auto value = static_cast<std::uint32_t>(std::stoul(hex.substr(word * 8, 8), nullptr, 16));
        for (std::size_t i = 0; i < 4; ++i) bytes[word * 4 + i] = static_cast<unsigned char>(value >> (8 * i));
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (!::inet_ntop(words == 1 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size()))
        throw GuestError("bad address '" + hex + "'");
    return text.data();
}

ProcSocket socketOf(const std::string& line) {
    const auto fields = splitWords(line);
    const auto colon = fields.size() < 10 ? std::string::npos : fields[1].find(':');
    if (colon != 8 && colon != 32) throw GuestError("not a line of /proc/net/tcp: '" + line + "'");
    constexpr auto listen = "0A";
    return {.address = addressOf(fields[1].substr(0, colon)),
            .port = static_cast<std::uint16_t>(std::stoul(fields[1].substr(colon + 1), nullptr, 16)),
            .listening = fields[3] == listen,
            .inode = fields[9],
            .user = fields[7]};
}

}  // namespace

std::string ProcSocket::reachableAt() const {
    if (address == "0.0.0.0") return "127.0.0.1";
    if (address == "::") return "::1";
    return address;
}

std::string ProcSocket::describe() const {
    return (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
}

std::vector<ProcSocket> parseProcNet(std::string_view text) {
    std::vector<ProcSocket> sockets;
    for (const auto& line : splitLines(text)) {
        if (line.find("local_address") == std::string::npos) sockets.push_back(socketOf(line));
    }
    return sockets;
}

std::vector<std::string> parseLocalAddresses(std::string_view fibTrie) {
    std::vector<std::string> addresses;
    std::string last;
    for (const auto& line : splitLines(fibTrie)) {
        const auto words = splitWords(line);
        if (words.size() == 2 && words[0] == "|--") last = words[1];
        if (line.find("/32 host LOCAL") != std::string::npos &&
            std::find(addresses.begin(), addresses.end(), last) == addresses.end()) {
            addresses.push_back(last);
        }
    }
    return addresses;
}

std::vector<std::string> parseLocalAddresses6(std::string_view ifInet6) {
    std::vector<std::string> addresses;
    for (const auto& line : splitLines(ifInet6)) {
        const auto words = splitWords(line);
        if (words.size() != 6 || words[0].size() != 32) throw GuestError("not a line of /proc/net/if_inet6: '" + line + "'");
        in6_addr bytes{};
        for (std::size_t i = 0; i < 16; ++i)
            bytes.s6_addr[i] = static_cast<unsigned char>(std::stoul(words[0].substr(2 * i, 2), nullptr, 16));
        std::array<char, INET6_ADDRSTRLEN> text{};
        if (!::inet_ntop(AF_INET6, &bytes, text.data(), text.size())) throw GuestError("bad address '" + words[0] + "'");
        addresses.push_back(text.data() + (IN6_IS_ADDR_LINKLOCAL(&bytes) ? "%" + words[5] : std::string()));
    }
    return addresses;
}

}  // namespace boxtest
