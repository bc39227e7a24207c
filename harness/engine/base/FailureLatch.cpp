#include "base/FailureLatch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/Error.hpp"

namespace boxtest {

FailureLatch::FailureLatch() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw SystemError("cannot make an eventfd", errno);
}

void FailureLatch::declare(std::string reason) noexcept {
    std::lock_guard lock(mutex_);
    if (reason_) return;
    reason_ = std::move(reason);
    const std::uint64_t one = 1;
    // An eventfd takes the first write always.
    [[maybe_unused]] auto written = ::write(event_.get(), &one, sizeof one);
}

std::optional<std::string> FailureLatch::reason() const {
    std::lock_guard lock(mutex_);
    return reason_;
}

void FailureLatch::check() const {
    if (auto why = reason()) throw GuestError(*why);
}

}  // namespace boxtest
