#pragma once

#include <poll.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "base/Deadline.hpp"

namespace boxtest::ssh {

/// The descriptors of one round of the I/O thread's loop.
class PollSet {
   public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    /// Returns the slot for happened(). Without events, only errors and hang-ups are reported.
    std::size_t add(int fd, short events) {
        all_.push_back({fd, events, 0});
        return all_.size() - 1;
    }
    /// The events that happened; 0 for `none`.
    short happened(std::size_t slot) const { return slot == none ? short{0} : all_[slot].revents; }

    /// The wait ends at this deadline at the latest.
    void wakeBy(Deadline deadline) {
        if (!wakeBy_ || deadline.at() < wakeBy_->at()) wakeBy_ = deadline;
    }
    /// For poll(2).
    int timeout() const { return wakeBy_ ? wakeBy_->pollTimeout() : -1; }

    void clear() {
        all_.clear();
        wakeBy_.reset();
    }
    /// Clears the events, which have been handled.
    void forget() {
        for (auto& one : all_) one.revents = 0;
    }
    pollfd* data() { return all_.data(); }
    nfds_t size() const { return all_.size(); }

   private:
    std::vector<pollfd> all_;
    std::optional<Deadline> wakeBy_;
};

}  // namespace boxtest::ssh
