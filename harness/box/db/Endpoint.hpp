#pragma once

#include <cstdint>
#include <string>

#include "ssh/Tunnel.hpp"

namespace boxtest {

/// Where libpq finds a server: a folder with a Unix socket ".s.PGSQL.<port>" in it, or 127.0.0.1 and a port.
struct Endpoint {
    std::string host;
    std::uint16_t port = 5432;

    /// For a tunnel to PostgreSQL: a local Unix socket that libpq finds with host=<folder> and the default port.
    static LocalUnix localSocket();
    /// The local end of a tunnel. A Unix socket must be named ".s.PGSQL.<port>" (UsageError).
    static Endpoint of(const Tunnel& tunnel);
};

}  // namespace boxtest
