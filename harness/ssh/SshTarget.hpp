#pragma once

#include <cstdint>
#include <string>

namespace boxtest {

/// An SSH server, and the one host key that it must prove to have.
struct SshTarget {
    std::string host = "127.0.0.1";
    std::uint16_t port = 22;
    std::string hostKey;  ///< Public key as in a known_hosts line, without the host: "ssh-ed25519 AAAA...".
};

}  // namespace boxtest
