#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ssh/Session.hpp"

namespace boxtest {

namespace ssh {
class TunnelState;
}

/// A local end that is a Unix socket (0600) in a private folder (0700) of the tunnel.
struct LocalUnix {
    std::string name = "socket";
};

/// A local end that is a port on 127.0.0.1.
struct LocalTcp {
    std::uint16_t port = 0;  ///< 0: the kernel chooses.
};

/// Carries the connections of a local socket over a session to a Unix socket or a TCP port in the guest: many at once, each
/// direction ends independently, with bounded buffers. The session does the work in its thread; when it ends, every connection of
/// the tunnel ends and new ones are refused. Destroying the tunnel closes its connections.
///
/// A connection that the guest does not open is closed at the local end, and recorded in openFailures().
class Tunnel {
   public:
    /// All four throw SystemError when the local end cannot be created (port in use), SessionLost when the session is over.
    static Tunnel toUnixSocket(Session& session, const std::string& remotePath, const LocalUnix& local = {});
    static Tunnel toUnixSocket(Session& session, const std::string& remotePath, const LocalTcp& local);
    static Tunnel toTcp(Session& session, const std::string& host, std::uint16_t port, const LocalTcp& local = {});
    static Tunnel toTcp(Session& session, const std::string& host, std::uint16_t port, const LocalUnix& local);

    Tunnel(const Tunnel&) = delete;
    Tunnel& operator=(const Tunnel&) = delete;
    Tunnel(Tunnel&&) noexcept;
    Tunnel& operator=(Tunnel&&) noexcept;
    ~Tunnel();

    /// The local Unix socket, and its folder. Both throw UsageError when the local end is TCP.
    std::filesystem::path socket() const;
    std::filesystem::path folder() const;

    /// The local port on 127.0.0.1. Throws UsageError when the local end is a Unix socket.
    std::uint16_t port() const;
    bool isUnix() const;

    /// One line for each connection that the guest did not open, oldest first (the last hundred):
    /// "Unix socket '/run/x': not opened", "127.0.0.1:8080: refused (Connection refused)".
    std::vector<std::string> openFailures() const;

    /// Like openFailures(), but only since `seen`, a counter that starts at 0 and that the call advances. When more than a
    /// hundred came since, a line states how many are left out.
    std::vector<std::string> openFailuresAfter(std::size_t& seen) const;

    /// The number of open connections.
    std::size_t connections() const;

   private:
    explicit Tunnel(std::shared_ptr<ssh::TunnelState> state);
    std::shared_ptr<ssh::TunnelState> state_;
};

}  // namespace boxtest
