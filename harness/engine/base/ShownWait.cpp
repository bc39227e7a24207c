#include "base/ShownWait.hpp"

#include <utility>

namespace boxtest {

ShownWait::ShownWait(Log& log, std::string what) : log_(log), what_(std::move(what)), thread_([this] { show(); }) {}

ShownWait::~ShownWait() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void ShownWait::now(std::string what) {
    {
        const std::lock_guard lock(mutex_);
        what_ = std::move(what);
        begun_ = std::chrono::steady_clock::now();
    }
    changed_.notify_all();
}

void ShownWait::show() {
    constexpr auto often = std::chrono::seconds(1);
    std::unique_lock lock(mutex_);
    while (!over_) {
        // mutex_ is not held during the call: the log has its own lock, and may be slow.
        const auto what = what_;
        const auto begun = begun_;
        lock.unlock();
        log_.waiting(what, std::chrono::steady_clock::now() - begun);
        lock.lock();
        if (!over_ && what == what_) changed_.wait_for(lock, often);
    }
}

}  // namespace boxtest
