#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <string>

namespace boxtest {

/// An SSH server and what identifies it: its host key, and a token in its banner. Forks share the host key; only the token tells
/// them apart. The host key is checked before the authentication, the token after it and before anything else is asked.
struct SshTarget {
    std::string host = "127.0.0.1";
    std::uint16_t port = 22;
    std::string hostKey;     ///< Public key as in a known_hosts line, without the host: "ssh-ed25519 AAAA...".
    std::string token = {};  ///< The first line of the server's banner (RFC 4252 5.4); empty: not checked.
    /// When valid: the server sends its token only after this future is ready, and a login waits for it between the key exchange
    /// and the authentication. Holds an exception if the server will never send the token.
    std::shared_future<void> tokenTold = {};
    /// After this time without data from the server, a request is sent that it must answer; after five unanswered requests the
    /// session is lost.
    std::chrono::milliseconds keepAlive = std::chrono::seconds(15);
    /// The server is known to be up: a connection that it drops before its greeting is tried again (see connectPatiently()).
    bool isUp = false;
};

}  // namespace boxtest
