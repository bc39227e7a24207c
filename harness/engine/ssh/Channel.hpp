#pragma once

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ssh/Activity.hpp"

namespace boxtest::ssh {

/// One SSH channel. Opens itself in its first work(). libssh's callbacks arrive in the on...() methods, which must only record
/// events and move data, because any libssh call may invoke them.
///
/// After the request to open, the channel waits for the server's answer even if its owner has lost interest: a channel that is
/// freed earlier would stay open at the server.
class Channel : public Activity {
   public:
    Channel() = default;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() override;
    void work(IoThread& io, const PollSet& polled) final;
    bool finished() const final { return done_ && (phase_ != Phase::opening || sessionOver_); }
    void sessionEnded(const Error& why) noexcept final;

   protected:
    /// Asks libssh to open the channel. Returns the code of the ssh_channel_open_...() call.
    virtual int open(ssh_channel channel) = 0;
    virtual void onOpen() {}
    /// `code`: reason code of RFC 4254 5.1; `text`: the server's message.
    virtual void onRefused(unsigned long code, const std::string& text) = 0;
    /// Returns the number of bytes that it took; the rest stays in libssh, and still counts against the window.
    virtual std::size_t onData(std::string_view data, bool isStderr) = 0;
    virtual void onEof() {}
    virtual void onClose() {}
    virtual void onExitStatus(int) {}
    virtual void onExitSignal(const char*) {}
    virtual void onRequestAnswered() {}
    /// Makes progress while the channel is open.
    virtual void progress(IoThread& io, const PollSet& polled) = 0;
    /// Whether the owner has lost interest.
    virtual bool abandoned() const = 0;
    /// Called after the owner has lost interest: releases local resources.
    virtual void onAbandoned() {}
    virtual void onSessionEnd(const Error& why) noexcept = 0;

    /// Null before the first work().
    IoThread* io() const { return io_; }
    ssh_channel channel() const { return channel_; }
    bool isOpen() const { return phase_ == Phase::open; }
    void done() { done_ = true; }

   private:
    enum class Phase { fresh, opening, open, refused };
    struct Callbacks;
    void begin(IoThread& io);
    void answered(bool success);
    void close() noexcept;
    template <typename Note>
    void note(Note note) noexcept;

    IoThread* io_ = nullptr;
    ssh_channel channel_ = nullptr;
    ssh_channel_callbacks_struct callbacks_{};
    Phase phase_ = Phase::fresh;
    bool done_ = false;
    bool sessionOver_ = false;
};

}  // namespace boxtest::ssh
