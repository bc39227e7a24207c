#pragma once

#include <libssh/libssh.h>

#include <cstdint>
#include <string>

namespace boxtest::ssh {

/// Where in the guest a connection goes: a Unix socket, or a TCP port of some host as seen from there.
struct RemoteEnd {
    std::string pathOrHost;
    std::uint16_t port = 0;
    bool isUnix = false;

    static RemoteEnd unixSocket(std::string path) { return {std::move(path), 0, true}; }
    static RemoteEnd tcp(std::string host, std::uint16_t port) { return {std::move(host), port, false}; }

    /// Asks for the channel: SSH_OK, SSH_AGAIN, SSH_ERROR.
    int open(ssh_channel channel) const;
    /// "Unix socket '/run/x'", "127.0.0.1:8080".
    std::string describe() const;
};

}  // namespace boxtest::ssh
