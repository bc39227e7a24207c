#include "base/MemoryLimit.hpp"

#include <sys/resource.h>

#include <atomic>

namespace boxtest {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

std::atomic<bool> limited{false};
rlim_t before = RLIM_INFINITY;

}  // namespace

void limitOwnMemory(std::uint64_t bytes) noexcept {
    rlimit now{};
    if (sanitized || ::getrlimit(RLIMIT_DATA, &now) != 0 || (now.rlim_cur != RLIM_INFINITY && now.rlim_cur <= bytes)) return;
    if (!limited) before = now.rlim_cur;
    now.rlim_cur = bytes;
    if (::setrlimit(RLIMIT_DATA, &now) == 0) limited = true;
}

void restoreMemoryLimit() noexcept {
    rlimit now{};
    if (!limited || ::getrlimit(RLIMIT_DATA, &now) != 0) return;
    now.rlim_cur = before;
    ::setrlimit(RLIMIT_DATA, &now);
}

}  // namespace boxtest
