#pragma once

#include <cstdint>
#include <filesystem>

#include "base/FileDescriptor.hpp"

namespace boxtest::testing {

/// A listening socket on 127.0.0.1, at a port that the kernel chooses and that is written to `port`.
FileDescriptor listenOnLoopback(std::uint16_t& port);

/// A port on 127.0.0.1 where nobody listens while the descriptor lives.
FileDescriptor holdClosedPort(std::uint16_t& port);

/// A listening Unix socket.
FileDescriptor listenOnUnix(const std::filesystem::path& path);

/// Blocking connections, as a simple client would make them.
FileDescriptor connectToUnix(const std::filesystem::path& path);
FileDescriptor connectToLoopback(std::uint16_t port);

}  // namespace boxtest::testing
