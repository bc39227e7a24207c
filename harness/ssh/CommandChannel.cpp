#include "ssh/CommandChannel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "ssh/IoThread.hpp"
#include "ssh/SshError.hpp"

namespace boxtest::ssh {

CommandResult CommandState::wait(Deadline deadline, const std::string& command) {
    std::unique_lock lock(mutex_);
    const auto ended = [this] { return end_ != End::none; };
    if (deadline.at() == Deadline::Clock::time_point::max()) {
        changed_.wait(lock, ended);
    } else {
        changed_.wait_until(lock, deadline.at(), ended);
    }
    abandoned_ = true;
    switch (end_) {
        case End::closed: return std::move(result_);
        case End::none: {
            const auto message = fmt::format("timed out waiting for the command '{}' (so far: {})", command, result_.describe());
            throw CommandTimeout(message, std::move(result_));
        }
        case End::tooMuch:
            throw OutputLimitExceeded(fmt::format("the command '{}' wrote more than {} bytes", command, outputLimit_));
        case End::failed: throw TransportError(fmt::format("cannot run the command '{}': {}", command, why_->what()));
        case End::sessionOver: break;
    }
    throwSessionEnd(Error(why_->kind(), fmt::format("{}, while the command '{}' ran", why_->what(), command)));
}

void CommandChannel::onRefused(unsigned long, const std::string& text) {
    end(CommandState::End::failed, TransportError("the server opens no channel for it: " + text));
}

std::size_t CommandChannel::onData(std::string_view data, bool isStderr) {
    const std::lock_guard lock(state_->mutex_);
    auto& result = state_->result_;
    if (overLimit_ || state_->abandoned_) return data.size();
    if (result.out.size() + result.err.size() + data.size() > state_->outputLimit_) {
        overLimit_ = true;
        return data.size();
    }
    (isStderr ? result.err : result.out).append(data);
    return data.size();
}

void CommandChannel::onExitStatus(int status) {
    const std::lock_guard lock(state_->mutex_);
    if (!state_->abandoned_) state_->result_.exitStatus = status;
}

void CommandChannel::onExitSignal(const char* signal) {
    const std::lock_guard lock(state_->mutex_);
    if (!state_->abandoned_) state_->result_.signal = signal ? signal : "?";
}

void CommandChannel::progress(IoThread& io, const PollSet&) {
    if (overLimit_) return end(CommandState::End::tooMuch);
    if (!running_) request(io);
    if (running_ && !closed_) sendInput(io);
    if (closed_ && !finished()) {
        if (running_) return end(CommandState::End::closed);
        end(CommandState::End::failed, TransportError("the server closed its channel before it ran"));
    }
}

void CommandChannel::request(IoThread& io) {
    if (asked_ && !answered_) return;
    asked_ = true;
    const int rc = ssh_channel_request_exec(channel(), command_.c_str());
    if (rc == SSH_OK) running_ = true;
    if (rc == SSH_ERROR && io.connected()) end(CommandState::End::failed, TransportError(ssh_get_error(io.session())));
}

void CommandChannel::sendInput(IoThread& io) {
    constexpr std::size_t piece = 32768;
    while (sent_ < input_.size() && !io.congested()) {
        const auto size = std::min({piece, input_.size() - sent_, std::size_t{ssh_channel_window_size(channel())}});
        if (size == 0) return;
        const int written = ssh_channel_write(channel(), input_.data() + sent_, static_cast<std::uint32_t>(size));
        if (written < 0) {  // the command has ended without reading all of it
            sent_ = input_.size();
            inputEnded_ = true;
            return;
        }
        if (written == 0) return;
        sent_ += static_cast<std::size_t>(written);
    }
    if (sent_ == input_.size() && !inputEnded_) {
        inputEnded_ = true;
        input_ = {};
        sent_ = 0;
        ssh_channel_send_eof(channel());
    }
}

bool CommandChannel::abandoned() const {
    const std::lock_guard lock(state_->mutex_);
    return state_->abandoned_;
}

void CommandChannel::onSessionEnd(const Error& why) noexcept { end(CommandState::End::sessionOver, why); }

void CommandChannel::end(CommandState::End how, std::optional<Error> why) {
    done();
    const std::lock_guard lock(state_->mutex_);
    if (state_->end_ != CommandState::End::none) return;
    state_->end_ = how;
    state_->why_ = std::move(why);
    state_->changed_.notify_all();
}

}  // namespace boxtest::ssh
