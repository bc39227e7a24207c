#pragma once

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/Tunnel.hpp"

namespace boxtest {

/// Opens a connection through a tunnel that ends in a Unix socket here, closes its direction before a byte was said, and returns
/// when the far end has closed the other one. To a server nobody has come; but a QEMU that translates the guest's code has then
/// translated what a connection takes. Throws TimeoutError, SystemError.
void knock(const Tunnel& tunnel, Deadline deadline, const FailureLatch* failure = nullptr);

}  // namespace boxtest
