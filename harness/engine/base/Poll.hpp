#pragma once

#include <poll.h>

#include <span>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

/// Calls poll(2) on the descriptors and the latch (which may be null) until one is ready or the deadline passes. Interrupted
/// calls are continued. Returns false when the deadline passed; throws GuestError when the latch was declared.
bool poll(std::span<pollfd> descriptors, Deadline deadline, const FailureLatch* failure = nullptr);

/// Waits for one descriptor. Throws TimeoutError("timed out waiting for <what>") or GuestError.
void waitFor(int fd, short events, Deadline deadline, std::string_view what, const FailureLatch* failure = nullptr);

/// Pauses between two attempts at an operation that offers no descriptor to wait on. Ends early when the latch is declared
/// (GuestError), and never lasts longer than the deadline.
void pauseBetweenTries(Deadline::Clock::duration pause, Deadline deadline, const FailureLatch* failure = nullptr);

}  // namespace boxtest
