#pragma once

#include <sys/socket.h>

#include <filesystem>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A Unix socket that listens at this path, 0600 from the beginning, and that no child inherits unless it is told to. `flags`: of
/// socket(2), or 0 for one that blocks. Throws SystemError naming the path: a file there is an error (EADDRINUSE).
FileDescriptor listenUnix(const std::filesystem::path& path, int backlog = SOMAXCONN, int flags = SOCK_NONBLOCK);

}  // namespace boxtest
