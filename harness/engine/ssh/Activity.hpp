#pragma once

#include "base/Error.hpp"
#include "ssh/PollSet.hpp"

namespace boxtest::ssh {

class IoThread;

/// A task of the I/O thread: a command, a listening socket, a tunnelled connection. Every method is called in that thread, in
/// rounds: collect, poll, work.
class Activity {
   public:
    Activity() = default;
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;
    virtual ~Activity() = default;

    /// Adds the descriptors whose events allow it to continue.
    virtual void collect(PollSet&) {}
    /// Makes progress without blocking. May be called several times in a round.
    virtual void work(IoThread& io, const PollSet& polled) = 0;
    /// Whether it may be destroyed.
    virtual bool finished() const = 0;
    /// Called once when the session has ended, before destruction.
    virtual void sessionEnded(const Error& why) noexcept = 0;
};

}  // namespace boxtest::ssh
