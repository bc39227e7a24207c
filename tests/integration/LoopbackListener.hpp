#pragma once

#include <cstdint>
#include <filesystem>

#include "base/FileDescriptor.hpp"

namespace boxtest::testing {

/// Returns a listening socket on 127.0.0.1. The kernel chooses the port, which is stored in `port`.
FileDescriptor listenOnLoopback(std::uint16_t& port);

/// Reserves a port on 127.0.0.1, stored in `port`. No socket listens on it while the descriptor is open.
FileDescriptor holdClosedPort(std::uint16_t& port);

/// Returns a listening Unix socket.
FileDescriptor listenOnUnix(const std::filesystem::path& path);

/// Blocking connections, as a simple client would make them.
FileDescriptor connectToUnix(const std::filesystem::path& path);
FileDescriptor connectToLoopback(std::uint16_t port);

}  // namespace boxtest::testing
