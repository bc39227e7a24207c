#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/FileDescriptor.hpp"
#include "ssh/Activity.hpp"
#include "ssh/TunnelState.hpp"

namespace boxtest::ssh {

/// A non-blocking listening socket on 127.0.0.1; 0 has the kernel choose the port, which is written back. Throws SystemError.
FileDescriptor listenLoopback(std::uint16_t& port);

/// Takes a tunnel's local connections, each of which becomes an activity of its own.
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
    std::optional<Deadline> deafUntil_;  ///< Out of descriptors: anybody may free some, so it tries again.
    bool troubleTold_ = false;
    std::size_t slot_ = PollSet::none;
};

}  // namespace boxtest::ssh
