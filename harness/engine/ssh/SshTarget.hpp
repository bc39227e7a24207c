#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <string>

namespace boxtest {

/// An SSH server and what identifies it: its host key, and a token in its banner. Forks share the host key; only the token tells
/// them apart. Both are checked before the authentication.
struct SshTarget {
    std::string host = "127.0.0.1";
    std::uint16_t port = 22;
    std::string hostKey;     ///< Public key as in a known_hosts line, without the host: "ssh-ed25519 AAAA...".
    std::string token = {};  ///< The first line of the server's banner (RFC 4252 5.4); empty: not checked.
    /// When valid: the server tells its token only from then on, and whoever logs in waits for it between the key exchange and
    /// the authentication. Holds the exception when it never will.
    std::shared_future<void> tokenTold = {};
    /// A server that has been silent for so long is asked whether it is there; when it leaves five such questions unanswered, the
    /// session is lost.
    std::chrono::milliseconds keepAlive = std::chrono::seconds(15);
    /// The server is known to be up: a connection that it drops before its greeting is tried again (see connectPatiently()).
    bool isUp = false;
};

}  // namespace boxtest
