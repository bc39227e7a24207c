#pragma once

#include <algorithm>
#include <chrono>

namespace boxtest {

/// The point in time, on the steady clock, by which an operation must end. Passed by value through every layer, so that the steps
/// of one wait share one budget instead of each having its own.
class Deadline {
   public:
    using Clock = std::chrono::steady_clock;

    static Deadline in(Clock::duration budget) { return Deadline(Clock::now() + budget); }
    static Deadline never() { return Deadline(Clock::time_point::max()); }

    bool expired() const { return Clock::now() >= at_; }

    /// Never negative.
    Clock::duration remaining() const {
        return at_ == Clock::time_point::max() ? Clock::duration::max() : std::max(Clock::duration::zero(), at_ - Clock::now());
    }

    /// For poll(2): milliseconds, rounded up so that a wait does not spin at its end; -1 for never.
    int pollTimeout() const;

    /// The earlier of this and now + budget.
    Deadline within(Clock::duration budget) const { return Deadline(std::min(at_, Clock::now() + budget)); }

    Clock::time_point at() const { return at_; }

   private:
    explicit Deadline(Clock::time_point at) : at_(at) {}
    Clock::time_point at_;
};

}  // namespace boxtest
