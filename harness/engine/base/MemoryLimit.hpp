#pragma once

#include <cstdint>

namespace boxtest {

/// Limits the memory of this process (setrlimit(2), RLIMIT_DATA): endless data from a guest, for example rows of a query, then
/// makes an allocation fail (std::bad_alloc) and does not exhaust the host. Processes that are started by Process get the
/// previous limit. Does nothing when a lower limit is set already, nor under a sanitizer, whose shadow memory would count.
void limitOwnMemory(std::uint64_t bytes) noexcept;

/// Restores the previous limit in a child between fork and exec: makes only calls that signal-safety(7) allows there.
void restoreMemoryLimit() noexcept;

}  // namespace boxtest
