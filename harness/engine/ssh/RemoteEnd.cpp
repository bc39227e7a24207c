#include "ssh/RemoteEnd.hpp"

#include <fmt/format.h>

namespace boxtest::ssh {

int RemoteEnd::open(ssh_channel channel) const {
    // The source address of the connection: only for the server's log.
    constexpr const char* origin = "127.0.0.1";
    if (isUnix) return ssh_channel_open_forward_unix(channel, pathOrHost.c_str(), origin, 0);
    return ssh_channel_open_forward(channel, pathOrHost.c_str(), port, origin, 0);
}

std::string RemoteEnd::describe() const {
    return isUnix ? fmt::format("Unix socket '{}'", pathOrHost) : fmt::format("{}:{}", pathOrHost, port);
}

}  // namespace boxtest::ssh
