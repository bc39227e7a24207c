#pragma once

#include <poll.h>

#include <span>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

/// poll(2) over the descriptors and the latch (which may be null) until one is ready or the deadline passes.
/// Interrupted calls go on. Returns false when the deadline passed; throws GuestError when the latch was declared.
bool poll(std::span<pollfd> descriptors, Deadline deadline, const FailureLatch* failure = nullptr);

/// Waits for one descriptor. Throws TimeoutError("timed out waiting for <what>") or GuestError.
void waitFor(int fd, short events, Deadline deadline, std::string_view what, const FailureLatch* failure = nullptr);

/// A pause between two tries of something that offers no descriptor to wait on: ends early when the latch is declared
/// (GuestError) and never outlasts the deadline.
void pauseBetweenTries(Deadline::Clock::duration pause, Deadline deadline, const FailureLatch* failure = nullptr);

}  // namespace boxtest
