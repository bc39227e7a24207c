#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Shuts a socket down when a call on it exceeds its deadline or when the machine behind it has failed: libpqxx's calls block,
/// and a frozen guest would block them for ever. Arming needs no system call if the thread wakes up early enough anyway.
class Watchdog {
   public:
    /// Watches a duplicate of the socket's descriptor. The latch may be null; it must outlive the watchdog.
    Watchdog(int socket, const FailureLatch* failure);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    void arm(Deadline deadline);
    void disarm() { armedUntil_ = never; }
    /// Whether the socket was shut down because a deadline passed.
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
