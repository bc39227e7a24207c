#pragma once

#include <cstdint>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest::ssh {

/// A connection, as connectTcp() makes it, to an SSH server that has begun its greeting, none of which has been read. sshd drops
/// connections at random while many are logging in (sshd_config(5), MaxStartups): then it is tried again. A port where nobody
/// listens is an error at once. Throws as connectTcp().
FileDescriptor connectPatiently(const std::string& host, std::uint16_t port, Deadline deadline, const FailureLatch* failure);

}  // namespace boxtest::ssh
