#include "ssh/ProbeChannel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ssh/IoThread.hpp"

namespace boxtest::ssh {

TcpProbe ProbeState::wait(Deadline deadline, const std::string& what) {
    std::unique_lock lock(mutex_);
    const auto done = [this] { return done_; };
    if (deadline.at() == Deadline::Clock::time_point::max()) {
        changed_.wait(lock, done);
    } else {
        changed_.wait_until(lock, deadline.at(), done);
    }
    abandoned_ = true;
    if (why_) FailureLatch::throwAgain(*why_);
    if (!answered_ && !done_) throw TimeoutError(fmt::format("timed out waiting for the guest to connect to {}", what));
    return std::move(result_);
}

void ProbeChannel::onOpen() {
    const std::lock_guard lock(state_->mutex_);
    state_->answered_ = true;
    state_->result_.connection.answer = TcpAnswer::open;
    if (state_->enough_ > 0) return;
    state_->done_ = true;
    state_->changed_.notify_all();
}

void ProbeChannel::onRefused(unsigned long code, const std::string& text) {
    const std::lock_guard lock(state_->mutex_);
    state_->answered_ = state_->done_ = true;
    state_->result_.connection = {answerOfOpenFailure(code, text), text};
    state_->changed_.notify_all();
}

std::size_t ProbeChannel::onData(std::string_view data, bool) {
    const std::lock_guard lock(state_->mutex_);
    if (state_->done_ || state_->abandoned_) return data.size();
    state_->result_.answer.append(data);
    if (state_->result_.answer.size() >= state_->enough_) {
        state_->done_ = true;
        state_->changed_.notify_all();
    }
    return data.size();
}

void ProbeChannel::ended() {
    const std::lock_guard lock(state_->mutex_);
    if (state_->done_) return;
    state_->result_.ended = true;
    state_->done_ = true;
    state_->changed_.notify_all();
}

void ProbeChannel::progress(IoThread& io, const PollSet&) {
    {
        const std::lock_guard lock(state_->mutex_);
        if (state_->done_) return done();
    }
    while (!payload_.empty() && !io.congested()) {
        const auto size = std::min<std::size_t>({payload_.size(), 32768, ssh_channel_window_size(channel())});
        const int written = size == 0 ? 0 : ssh_channel_write(channel(), payload_.data(), static_cast<std::uint32_t>(size));
        if (written < 0) payload_.clear();
        if (written <= 0) return;
        payload_.erase(0, static_cast<std::size_t>(written));
    }
}

bool ProbeChannel::abandoned() const {
    const std::lock_guard lock(state_->mutex_);
    return state_->abandoned_;
}

void ProbeChannel::onSessionEnd(const Error& why) noexcept {
    const std::lock_guard lock(state_->mutex_);
    if (state_->done_) return;
    if (!state_->answered_) state_->result_.connection = {TcpAnswer::gone, why.what()};
    state_->result_.ended = true;
    state_->why_ = why;
    state_->done_ = true;
    state_->changed_.notify_all();
}

}  // namespace boxtest::ssh
