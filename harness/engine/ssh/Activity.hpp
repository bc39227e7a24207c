#pragma once

#include "base/Error.hpp"
#include "ssh/PollSet.hpp"

namespace boxtest::ssh {

class IoThread;

/// Something that the I/O thread keeps going: a command, a listening socket, a tunnelled connection. Every method is called
/// in that thread, in rounds: collect, poll, work.
class Activity {
   public:
    Activity() = default;
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;
    virtual ~Activity() = default;

    /// Adds the descriptors whose events would let it go on.
    virtual void collect(PollSet&) {}
    /// Does what has become possible, without blocking. May be called several times a round.
    virtual void work(IoThread& io, const PollSet& polled) = 0;
    /// Whether it may be destroyed.
    virtual bool finished() const = 0;
    /// The session is over. Called once, before destruction.
    virtual void sessionEnded(const Error& why) noexcept = 0;
};

}  // namespace boxtest::ssh
