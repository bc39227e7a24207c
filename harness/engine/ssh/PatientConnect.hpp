#pragma once

#include <cstdint>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest::ssh {

/// Connects like connectTcp(), and returns when the SSH server has begun its greeting; no byte of the greeting has been read.
/// sshd drops connections at random while many clients log in (sshd_config(5), MaxStartups): a dropped connection is tried again.
/// A port without a listener is an error at once. Throws as connectTcp().
FileDescriptor connectPatiently(const std::string& host, std::uint16_t port, Deadline deadline, const FailureLatch* failure);

}  // namespace boxtest::ssh
