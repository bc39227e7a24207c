#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/FileDescriptor.hpp"
#include "ssh/Activity.hpp"
#include "ssh/TunnelState.hpp"

namespace boxtest::ssh {

/// A non-blocking listening socket on 127.0.0.1. For port 0 the kernel chooses the port, which is stored in `port`. Throws
/// SystemError.
FileDescriptor listenLoopback(std::uint16_t& port);

/// Accepts a tunnel's local connections; each becomes a separate activity.
class Listener final : public Activity {
   public:
    Listener(std::shared_ptr<TunnelState> state, FileDescriptor socket);

    void collect(PollSet& set) override;
    void work(IoThread& io, const PollSet& polled) override;
    bool finished() const override { return !socket_; }
    void sessionEnded(const Error& why) noexcept override;

   private:
    void close() noexcept;
    std::shared_ptr<TunnelState> state_;
    FileDescriptor socket_;
    std::optional<TunnelState::Hold> hold_;
    std::optional<Deadline> deafUntil_;  ///< Out of descriptors: accepts again after this time.
    bool troubleTold_ = false;
    std::size_t slot_ = PollSet::none;
};

}  // namespace boxtest::ssh
