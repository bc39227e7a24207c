#pragma once

#include <sys/socket.h>

#include <filesystem>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Creates a listening Unix socket at this path, 0600 from the beginning; a child does not inherit it unless it is told to.
/// `flags`: flags of socket(2), or 0 for a blocking socket. Throws SystemError naming the path: an existing file there is an
/// error (EADDRINUSE).
FileDescriptor listenUnix(const std::filesystem::path& path, int backlog = SOMAXCONN, int flags = SOCK_NONBLOCK);

}  // namespace boxtest
