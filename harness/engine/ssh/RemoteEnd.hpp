#pragma once

#include <libssh/libssh.h>

#include <cstdint>
#include <string>

namespace boxtest::ssh {

/// The destination of a connection in the guest: a Unix socket, or a TCP port of a host as seen from the guest.
struct RemoteEnd {
    std::string pathOrHost;
    std::uint16_t port = 0;
    bool isUnix = false;

    static RemoteEnd unixSocket(std::string path) { return {std::move(path), 0, true}; }
    static RemoteEnd tcp(std::string host, std::uint16_t port) { return {std::move(host), port, false}; }

    /// Requests the channel. Returns SSH_OK, SSH_AGAIN or SSH_ERROR.
    int open(ssh_channel channel) const;
    /// "Unix socket '/run/x'", "127.0.0.1:8080".
    std::string describe() const;
};

}  // namespace boxtest::ssh
