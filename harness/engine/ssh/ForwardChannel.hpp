#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/FileDescriptor.hpp"
#include "ssh/Channel.hpp"
#include "ssh/TunnelState.hpp"

namespace boxtest::ssh {

/// One connection of a tunnel: moves bytes between a local socket and a channel; each direction ends independently.
///
/// Buffers are bounded. To the guest: the local socket is read only when the channel's window has room and no bytes wait for the
/// session's socket. From the guest: bytes that the local socket does not accept stay in libssh, which grants the server a new
/// window only when these bytes are read.
class ForwardChannel final : public Channel {
   public:
    ForwardChannel(std::shared_ptr<TunnelState> state, FileDescriptor local);

    void collect(PollSet& set) override;

   private:
    int open(ssh_channel channel) override { return state_->remote().open(channel); }
    void onRefused(unsigned long code, const std::string& text) override;
    std::size_t onData(std::string_view data, bool isStderr) override;
    void onEof() override { remoteEof_ = true; }
    void onClose() override { remoteEof_ = remoteClosed_ = true; }
    void progress(IoThread& io, const PollSet& polled) override;
    bool abandoned() const override { return state_->closing(); }
    void onAbandoned() override { closeLocal(); }
    void onSessionEnd(const Error&) noexcept override { closeLocal(); }

    bool mayRead() const;
    void readLocal(IoThread& io);
    void sendPending();
    void toRemote(const char* bytes, std::size_t size);
    std::size_t toLocal(std::string_view data);
    void drain(IoThread& io);
    void endDirections();
    void closeLocal() noexcept;

    std::shared_ptr<TunnelState> state_;
    std::optional<TunnelState::Hold> hold_;
    FileDescriptor local_;
    std::size_t slot_ = PollSet::none;
    std::string pending_;  ///< Read from the local socket, not yet accepted by the channel (during a re-keying).
    std::string backlog_;  ///< Read from the channel, not yet accepted by the local socket.
    bool localEof_ = false, eofSent_ = false;
    bool remoteEof_ = false, remoteClosed_ = false, shutDown_ = false;
    bool blocked_ = false;     ///< The local socket is full: data stays in libssh.
    bool readerGone_ = false;  ///< The local socket accepts no more data: data is discarded.
};

}  // namespace boxtest::ssh
