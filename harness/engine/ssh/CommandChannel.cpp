#include "ssh/CommandChannel.hpp"

#include <fmt/format.h>

namespace boxtest::ssh {

CommandResult CommandState::wait(Deadline deadline, const std::string& command) {
    std::unique_lock lock(mutex_);
    waitUntil(lock, deadline, [this] { return end_ != End::none; });
    return conclude(fmt::format("command '{}'", command));
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

void CommandChannel::progress(IoThread& io, const PollSet&) {
    if (overLimit_) return end(ExecState::End::tooMuch);
    drive(io);
}

}  // namespace boxtest::ssh
