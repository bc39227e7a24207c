#include "base/RestLog.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/TimeLeft.hpp"

namespace boxtest {

RestLog::RestLog(Log& log, Now now) : log_(log), outer_(dynamic_cast<const RestLog*>(&log)), now_(std::move(now)) {}

void RestLog::expect(std::optional<std::chrono::duration<double>> rest) {
    const std::lock_guard lock(mutex_);
    end_.reset();
    if (rest) end_ = now_() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(*rest);
}

std::chrono::duration<double> RestLog::rest() const {
    const std::lock_guard lock(mutex_);
    return end_ ? std::chrono::duration<double>(*end_ - now_()) : std::chrono::duration<double>::zero();
}

void RestLog::waiting(std::string_view what, std::chrono::steady_clock::duration sofar) {
    const auto left = outer_ && outer_->showsRest() ? "" : aboutLeft(rest());
    log_.waiting(left.empty() ? std::string(what) : fmt::format("{}, {}", what, left), sofar);
}

bool RestLog::showsRest() const { return (outer_ && outer_->showsRest()) || rest().count() > 0; }

}  // namespace boxtest
