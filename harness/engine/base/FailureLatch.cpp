#include "base/FailureLatch.hpp"

#include "base/Error.hpp"

namespace boxtest {

void FailureLatch::declare(std::string reason, std::string details) noexcept {
    set(std::move(reason), std::move(details), false);
}

void FailureLatch::interrupt(std::string reason) noexcept { set(std::move(reason), {}, true); }

void FailureLatch::set(std::string reason, std::string details, bool interrupted) noexcept {
    std::lock_guard lock(mutex_);
    if (reason_) return;
    reason_ = std::move(reason);
    details_ = std::move(details);
    interrupted_ = interrupted;
    event_.set();
}

std::optional<std::string> FailureLatch::reason() const {
    std::lock_guard lock(mutex_);
    return reason_ ? std::optional(*reason_ + details_) : std::nullopt;
}

std::optional<std::string> FailureLatch::summary() const {
    std::lock_guard lock(mutex_);
    return reason_;
}

void FailureLatch::throwAgain(const Error& error) {
    if (error.kind() == ErrorKind::guest) throw GuestError(error.what());
    if (error.kind() == ErrorKind::interrupted) throw InterruptedError(error.what());
}

void FailureLatch::check() const {
    const auto why = reason();
    if (!why) return;
    // interrupted_ does not change after the first declaration.
    if (interrupted_) throw InterruptedError(*why);
    throw GuestError(*why);
}

}  // namespace boxtest
