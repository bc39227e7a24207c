#pragma once

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/Tunnel.hpp"

namespace boxtest {

/// Opens a connection through a tunnel whose local end is a Unix socket, closes the sending direction without sending a byte, and
/// returns when the far end has closed the other direction. The server receives no data; but a QEMU that translates the guest's
/// code (TCG) has then translated the code that a connection needs. Throws TimeoutError, SystemError.
void knock(const Tunnel& tunnel, Deadline deadline, const FailureLatch* failure = nullptr);

}  // namespace boxtest
