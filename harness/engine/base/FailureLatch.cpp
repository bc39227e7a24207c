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

void FailureLatch::declare(std::string reason, std::string details) noexcept {
    std::lock_guard lock(mutex_);
    if (reason_) return;
    reason_ = std::move(reason);
    details_ = std::move(details);
    const std::uint64_t one = 1;
    // An eventfd takes the first write always.
    [[maybe_unused]] auto written = ::write(event_.get(), &one, sizeof one);
}

std::optional<std::string> FailureLatch::reason() const {
    std::lock_guard lock(mutex_);
    return reason_ ? std::optional(*reason_ + details_) : std::nullopt;
}

std::optional<std::string> FailureLatch::summary() const {
    std::lock_guard lock(mutex_);
    return reason_;
}

void FailureLatch::check() const {
    if (auto why = reason()) throw GuestError(*why);
}

}  // namespace boxtest
