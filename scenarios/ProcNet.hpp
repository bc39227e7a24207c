#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// A line of /proc/net/tcp or tcp6 (proc_net_tcp.txt in the kernel's documentation).
struct ProcSocket {
    std::string address;  ///< "127.0.0.1", "::1", ...
    std::uint16_t port = 0;
    bool listening = false;
    std::string inode;
    std::string user;  ///< The uid that made it.

    /// Where a client on the same machine finds a listener: loopback when it is bound to any address.
    std::string reachableAt() const;
    /// "127.0.0.1:5432", "[::1]:5432"
    std::string describe() const;
};

/// Both tables may be given one after the other; their headings are left out. Throws GuestError for a line that is none.
std::vector<ProcSocket> parseProcNet(std::string_view text);

/// The machine's own IPv4 addresses, loopback included, from /proc/net/fib_trie.
std::vector<std::string> parseLocalAddresses(std::string_view fibTrie);

/// The machine's own IPv6 addresses, loopback included, from /proc/net/if_inet6; a link-local one with its card: "fe80::1%ens3".
std::vector<std::string> parseLocalAddresses6(std::string_view ifInet6);

}  // namespace boxtest
