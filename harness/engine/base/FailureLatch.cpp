#include "base/FailureLatch.hpp"

#include "base/Error.hpp"

namespace boxtest {

void FailureLatch::declare(std::string reason, std::string details) noexcept {
    std::lock_guard lock(mutex_);
    if (reason_) return;
    reason_ = std::move(reason);
    details_ = std::move(details);
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

void FailureLatch::check() const {
    if (auto why = reason()) throw GuestError(*why);
}

}  // namespace boxtest
