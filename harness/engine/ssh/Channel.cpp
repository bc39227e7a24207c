#include "ssh/Channel.hpp"

#include <cstdio>
#include <exception>

#include "ssh/IoThread.hpp"

namespace boxtest::ssh {

/// libssh's C callbacks. No exception may pass through libssh.
struct Channel::Callbacks {
    static Channel& self(void* userdata) { return *static_cast<Channel*>(userdata); }

    static int data(ssh_session, ssh_channel, void* bytes, std::uint32_t size, int isStderr, void* userdata) {
        std::size_t taken = 0;
        auto& channel = self(userdata);
        channel.note([&] { taken = channel.onData({static_cast<const char*>(bytes), size}, isStderr != 0); });
        return static_cast<int>(taken);
    }
    static void eof(ssh_session, ssh_channel, void* userdata) {
        auto& channel = self(userdata);
        channel.note([&] { channel.onEof(); });
    }
    static void close(ssh_session, ssh_channel, void* userdata) {
        auto& channel = self(userdata);
        channel.note([&] { channel.onClose(); });
    }
    static void exitStatus(ssh_session, ssh_channel, int status, void* userdata) {
        auto& channel = self(userdata);
        channel.note([&] { channel.onExitStatus(status); });
    }
    static void exitSignal(ssh_session, ssh_channel, const char* signal, int, const char*, const char*, void* userdata) {
        auto& channel = self(userdata);
        channel.note([&] { channel.onExitSignal(signal); });
    }
    static void opened(ssh_session, ssh_channel, bool success, void* userdata) {
        auto& channel = self(userdata);
        channel.note([&] { channel.answered(success); });
    }
    static void requestAnswered(ssh_session, ssh_channel, void* userdata) {
        auto& channel = self(userdata);
        channel.note([&] { channel.onRequestAnswered(); });
    }
};

Channel::~Channel() { close(); }

template <typename Note>
void Channel::note(Note take) noexcept {
    try {
        take();
    } catch (const std::exception& error) {
        done_ = true;
        onSessionEnd(TransportError(std::string("an SSH channel failed: ") + error.what()));
    }
    io_->mark();
}

void Channel::work(IoThread& io, const PollSet& polled) {
    if (done_) return;
    if (abandoned()) {
        done_ = true;
        onAbandoned();
        return;
    }
    if (phase_ == Phase::fresh) begin(io);
    if (phase_ == Phase::open) progress(io, polled);
}

void Channel::begin(IoThread& io) {
    io_ = &io;
    phase_ = Phase::opening;
    channel_ = ssh_channel_new(io.session());
    if (!channel_) {
        phase_ = Phase::refused;
        done_ = true;
        onRefused(0, "out of memory");
        return;
    }
    ssh_callbacks_init(&callbacks_);
    callbacks_.userdata = this;
    callbacks_.channel_data_function = &Callbacks::data;
    callbacks_.channel_eof_function = &Callbacks::eof;
    callbacks_.channel_close_function = &Callbacks::close;
    callbacks_.channel_exit_status_function = &Callbacks::exitStatus;
    callbacks_.channel_exit_signal_function = &Callbacks::exitSignal;
    callbacks_.channel_open_response_function = &Callbacks::opened;
    callbacks_.channel_request_response_function = &Callbacks::requestAnswered;
    ssh_set_channel_callbacks(channel_, &callbacks_);
    const int rc = open(channel_);
    if (rc == SSH_ERROR && phase_ == Phase::opening && io.connected()) {
        phase_ = Phase::refused;
        done_ = true;
        onRefused(0, ssh_get_error(io.session()));
    }
}

void Channel::answered(bool success) {
    if (success) {
        phase_ = Phase::open;
        onOpen();
        return;
    }
    phase_ = Phase::refused;
    done_ = true;
    // libssh has the reason in its error text only: "Channel opening failure: channel 43 error (2) Connection refused".
    std::string text = ssh_get_error(io_->session());
    unsigned long code = 0;
    int words = 0;
    if (std::sscanf(text.c_str(), "Channel opening failure: channel %*u error (%lu) %n", &code, &words) == 1 && words > 0)
        text.erase(0, static_cast<std::size_t>(words));
    onRefused(code, text);
}

void Channel::sessionEnded(const Error& why) noexcept {
    sessionOver_ = true;
    onSessionEnd(why);
}

void Channel::close() noexcept {
    if (!channel_) return;
    // Closing flushes, and may so handle packets for this channel, which must not record them any more.
    ssh_remove_channel_callbacks(channel_, &callbacks_);
    // The first call may stop after the EOF when the socket is full: the second then sends the close.
    if (phase_ == Phase::open && ssh_channel_close(channel_) == SSH_AGAIN) ssh_channel_close(channel_);
    ssh_channel_free(channel_);
    channel_ = nullptr;
}

}  // namespace boxtest::ssh
