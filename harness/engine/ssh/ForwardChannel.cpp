#include "ssh/ForwardChannel.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "ssh/IoThread.hpp"
#include "ssh/TcpAnswer.hpp"

namespace boxtest::ssh {

ForwardChannel::ForwardChannel(std::shared_ptr<TunnelState> state, FileDescriptor local)
    : state_(std::move(state)), hold_(std::in_place, state_, true), local_(std::move(local)) {}

bool ForwardChannel::mayRead() const {
    return !localEof_ && !remoteClosed_ && pending_.empty() && ssh_channel_window_size(channel()) > 0 && !io()->congested();
}

void ForwardChannel::collect(PollSet& set) {
    slot_ = PollSet::none;
    if (!isOpen() || !local_) return;
    const auto events = static_cast<short>((mayRead() ? POLLIN : 0) | (blocked_ ? POLLOUT : 0));
    // poll(2) reports a hang-up even if it was not asked for, again and again: add the socket only when the hang-up can be
    // handled.
    if (events != 0 || (localEof_ && !readerGone_)) slot_ = set.add(local_.get(), events);
}

void ForwardChannel::onRefused(unsigned long code, const std::string& text) {
    const auto& remote = state_->remote();
    // OpenSSH sends one answer for every failure with a Unix socket, so that there is no cause to name.
    state_->noteFailure(remote.isUnix
                            ? fmt::format("{}: not opened", remote.describe())
                            : fmt::format("{}: {} ({})", remote.describe(), toString(answerOfOpenFailure(code, text)), text));
    closeLocal();
}

std::size_t ForwardChannel::onData(std::string_view data, bool) {
    if (blocked_) return 0;
    const auto taken = toLocal(data);
    blocked_ = taken < data.size();
    return taken;
}

std::size_t ForwardChannel::toLocal(std::string_view data) {
    if (readerGone_ || !local_) return data.size();
    std::size_t taken = 0;
    while (taken < data.size()) {
        const auto sent = ::send(local_.get(), data.data() + taken, data.size() - taken, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            taken += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            readerGone_ = true;
            return data.size();
        }
    }
    return taken;
}

void ForwardChannel::progress(IoThread& io, const PollSet& polled) {
    const short happened = polled.happened(slot_);
    constexpr short broken = POLLHUP | POLLERR | POLLNVAL;
    if ((happened & broken) != 0 && localEof_) readerGone_ = true;
    if (blocked_ && ((happened & (POLLOUT | broken)) != 0 || readerGone_)) drain(io);
    if (!pending_.empty()) sendPending();
    if ((happened & (POLLIN | broken)) != 0 && mayRead()) readLocal(io);
    endDirections();
}

void ForwardChannel::readLocal(IoThread& io) {
    const auto scratch = io.scratch();
    // Several reads in a row, so that a busy connection does not need a round for each read, and does not block the others.
    for (int i = 0; i < 4 && mayRead(); ++i) {
        const auto room = std::min(scratch.size(), std::size_t{ssh_channel_window_size(channel())});
        const auto got = ::recv(local_.get(), scratch.data(), room, MSG_DONTWAIT);
        if (got > 0) {
            toRemote(scratch.data(), static_cast<std::size_t>(got));
            if (static_cast<std::size_t>(got) < room) return;
        } else if (got == 0) {
            localEof_ = true;
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {  // reset: the other side is gone
            localEof_ = readerGone_ = true;
        }
    }
}

void ForwardChannel::sendPending() {
    const auto bytes = std::exchange(pending_, {});
    toRemote(bytes.data(), bytes.size());
}

void ForwardChannel::toRemote(const char* bytes, std::size_t size) {
    const int written = ssh_channel_write(channel(), bytes, static_cast<std::uint32_t>(size));
    if (written < 0) return;  // closed by the server: the rest has no reader
    if (static_cast<std::size_t>(written) < size) pending_.assign(bytes + written, size - static_cast<std::size_t>(written));
}

void ForwardChannel::drain(IoThread& io) {
    // blocked_ stays set meanwhile, so that data that arrives during the read stays behind the data that was read.
    const auto scratch = io.scratch();
    for (;;) {
        if (!backlog_.empty()) {
            backlog_.erase(0, toLocal(backlog_));
            if (!backlog_.empty()) return;
        }
        const int got = ssh_channel_read_nonblocking(channel(), scratch.data(), static_cast<std::uint32_t>(scratch.size()), 0);
        if (got <= 0) break;
        backlog_.assign(scratch.data(), static_cast<std::size_t>(got));
    }
    blocked_ = false;
}

void ForwardChannel::endDirections() {
    if (localEof_ && pending_.empty() && !eofSent_ && !remoteClosed_) {
        eofSent_ = true;
        ssh_channel_send_eof(channel());
    }
    const bool delivered = !blocked_ || readerGone_;
    if (remoteEof_ && delivered && !shutDown_) {
        shutDown_ = true;
        if (local_) ::shutdown(local_.get(), SHUT_WR);
    }
    const bool nothingToLocal = shutDown_ || readerGone_;
    if ((eofSent_ && nothingToLocal) || (remoteClosed_ && delivered)) {
        closeLocal();
        done();
    }
}

void ForwardChannel::closeLocal() noexcept {
    local_.reset();
    hold_.reset();
}

}  // namespace boxtest::ssh
