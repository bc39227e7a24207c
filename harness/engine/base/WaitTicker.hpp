#pragma once

#include <chrono>
#include <string>

#include "base/BackgroundThread.hpp"
#include "base/Event.hpp"
#include "base/Log.hpp"
#include "base/Poll.hpp"

namespace boxtest {

/// Reports a wait to a log every second, while the caller is blocked in an attempt that may take long.
class WaitTicker {
   public:
    /// The log must outlive the object.
    WaitTicker(Log& log, std::string what, std::chrono::steady_clock::time_point begun)
        : log_(log), what_(std::move(what)), begun_(begun), thread_([this] { tick(); }) {}
    WaitTicker(const WaitTicker&) = delete;
    WaitTicker& operator=(const WaitTicker&) = delete;
    ~WaitTicker() { over_.set(); }

   private:
    void tick() {
        pollfd over{over_.fd(), POLLIN, 0};
        do {
            log_.waiting(what_, std::chrono::steady_clock::now() - begun_);
        } while (!poll({&over, 1}, Deadline::in(std::chrono::seconds(1))));
    }

    Log& log_;
    std::string what_;
    std::chrono::steady_clock::time_point begun_;
    Event over_;
    BackgroundThread thread_;  ///< Last member: it uses all members above, and is joined first.
};

}  // namespace boxtest
