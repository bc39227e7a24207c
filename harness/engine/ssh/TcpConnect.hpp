#pragma once

#include <cstdint>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest::ssh {

/// A connected, non-blocking socket without Nagle's delay. `host` is a numeric address.
///
/// Throws NotYetListening (refused, reset), TransportError (unreachable), TimeoutError, UsageError (not an address), GuestError.
FileDescriptor connectTcp(const std::string& host, std::uint16_t port, Deadline deadline, const FailureLatch* failure);

}  // namespace boxtest::ssh
