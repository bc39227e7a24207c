#pragma once

#include <cstdint>

namespace boxtest {

/// Limits the memory of this process (setrlimit(2), RLIMIT_DATA), so that a guest that sends without end, rows of a query say,
/// ends an allocation (std::bad_alloc) and not the host. Processes that are started by Process have the limit from before.
/// Nothing is done when there is a lower limit already, nor under a sanitizer, whose shadow memory would count.
void limitOwnMemory(std::uint64_t bytes) noexcept;

/// The limit from before, in a child between fork and exec: only what signal-safety(7) allows there.
void restoreMemoryLimit() noexcept;

}  // namespace boxtest
