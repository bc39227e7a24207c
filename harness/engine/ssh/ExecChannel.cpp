#include "ssh/ExecChannel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "ssh/IoThread.hpp"
#include "ssh/SshError.hpp"

namespace boxtest::ssh {

CommandResult ExecState::conclude(const std::string& what) {
    abandoned_ = true;
    switch (end_) {
        case End::closed: return std::exchange(result_, {});
        case End::none: {
            const auto message = fmt::format("timed out waiting for the {} (so far: {})", what, result_.describe());
            throw CommandTimeout(message, std::exchange(result_, {}));
        }
        case End::tooMuch: throw OutputLimitExceeded(fmt::format("the {} wrote more than {} bytes", what, outputLimit_));
        case End::failed: throw TransportError(fmt::format("cannot run the {}: {}", what, why_->what()));
        case End::sessionOver: break;
    }
    throwSessionEnd(Error(why_->kind(), fmt::format("{}, while the {} ran", why_->what(), what)));
}

void ExecChannel::onRefused(unsigned long, const std::string& text) {
    end(ExecState::End::failed, TransportError("the server opened no channel: " + text));
}

void ExecChannel::onExitStatus(int status) {
    const std::lock_guard lock(exec_->mutex_);
    if (!exec_->abandoned_) exec_->result_.exitStatus = status;
}

void ExecChannel::onExitSignal(const char* signal) {
    const std::lock_guard lock(exec_->mutex_);
    if (!exec_->abandoned_) exec_->result_.signal = signal ? signal : "?";
}

bool ExecChannel::abandoned() const {
    const std::lock_guard lock(exec_->mutex_);
    return exec_->abandoned_;
}

void ExecChannel::end(ExecState::End how, std::optional<Error> why) {
    done();
    const std::lock_guard lock(exec_->mutex_);
    if (exec_->end_ != ExecState::End::none) return;
    exec_->end_ = how;
    exec_->why_ = std::move(why);
    exec_->changed_.notify_all();
}

void ExecChannel::drive(IoThread& io) {
    if (!running_) request(io);
    if (running_ && !closed_) sendInput(io);
    if (!closed_ || finished()) return;
    if (running_) return end(ExecState::End::closed);
    end(ExecState::End::failed, TransportError("the server closed the channel before the command ran"));
}

void ExecChannel::request(IoThread& io) {
    if (asked_ && !answered_) return;
    asked_ = true;
    const int rc = ssh_channel_request_exec(channel(), command_.c_str());
    if (rc == SSH_OK) running_ = true;
    if (rc == SSH_ERROR && io.connected()) end(ExecState::End::failed, TransportError(ssh_get_error(io.session())));
}

void ExecChannel::sendInput(IoThread& io) {
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
    if (sent_ < input_.size()) return;
    input_ = {};
    sent_ = 0;
    if (lastInput_ && !inputEnded_) {
        inputEnded_ = true;
        ssh_channel_send_eof(channel());
    }
}

}  // namespace boxtest::ssh
