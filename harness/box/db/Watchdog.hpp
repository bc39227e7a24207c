#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Cuts a socket when a call on it overstays its time, or the machine behind it has failed: libpqxx's calls block, and a
/// frozen guest would hold them for ever. Arming costs no system call as long as the thread would wake up early enough.
class Watchdog {
   public:
    /// Watches the socket by a descriptor of its own. The latch may be null; it must outlive the watchdog.
    Watchdog(int socket, const FailureLatch* failure);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    void arm(Deadline deadline);
    void disarm() { armedUntil_ = never; }
    /// Whether the socket was cut because a deadline passed.
    bool bit() const { return bit_; }

   private:
    using Ticks = Deadline::Clock::rep;
    static constexpr Ticks never = Deadline::Clock::time_point::max().time_since_epoch().count();
    void run();
    void cut() noexcept;

    FileDescriptor socket_;
    Event wakeUp_;
    const FailureLatch* failure_;
    std::atomic<Ticks> armedUntil_ = never;
    std::atomic<Ticks> sleepsUntil_ = never;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> bit_ = false;
    std::thread thread_;
};

}  // namespace boxtest
