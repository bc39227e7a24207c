#include "ssh/ShellChannel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/Error.hpp"

namespace boxtest::ssh {

namespace {

/// Searches the new part of the text for the mark. When found, removes the mark and everything after it, and returns the text
/// between the mark and the newline.
std::optional<std::string> cutAtMark(std::string& text, std::size_t& seen, const std::string& mark) {
    const auto at = text.find(mark, seen);
    const auto end = at == std::string::npos ? at : text.find('\n', at);
    if (end == std::string::npos) {
        seen = std::min(at, text.size() - std::min(text.size(), mark.size()));
        return std::nullopt;
    }
    auto rest = text.substr(at + mark.size(), end - at - mark.size());
    text.resize(at);
    return rest;
}

}  // namespace

void ShellState::give(std::string_view lines, std::string_view mark, std::size_t outputLimit) {
    const std::lock_guard lock(mutex_);
    // No shell would run the input: the channel was closed when an earlier script did not end properly.
    if (abandoned_ && end_ == End::none) throw TransportError("the shell is over: an earlier script did not end in time");
    input_ += lines;
    mark_ = mark;
    outputLimit_ = outputLimit;
    outSeen_ = errSeen_ = 0;
    outMarked_ = errMarked_ = false;
}

CommandResult ShellState::wait(Deadline deadline, const std::string& script) {
    std::unique_lock lock(mutex_);
    waitUntil(lock, deadline, [this] { return (outMarked_ && errMarked_) || end_ != End::none; });
    if (outMarked_ && errMarked_) return std::exchange(result_, {});
    return conclude(fmt::format("script '{}'", script));
}

bool ShellState::alive() const {
    const std::lock_guard lock(mutex_);
    return end_ == End::none && !abandoned_;
}

void ShellState::abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
}

std::size_t ShellChannel::onData(std::string_view data, bool isStderr) {
    auto& state = *state_;
    const std::lock_guard lock(state.mutex_);
    auto& marked = isStderr ? state.errMarked_ : state.outMarked_;
    // Output after a script's mark comes from a process that the script has left behind.
    if (marked || state.abandoned_ || state.end_ != ShellState::End::none) return data.size();
    auto& text = isStderr ? state.result_.err : state.result_.out;
    text += data;
    // Before the first script the output is the shell's own, for instance the reason why it ends.
    if (state.mark_.empty()) return data.size();
    if (const auto rest = cutAtMark(text, isStderr ? state.errSeen_ : state.outSeen_, state.mark_)) {
        marked = true;
        int status = 0;
        const auto* const begin = rest->data() + std::min<std::size_t>(1, rest->size());
        if (!isStderr && std::from_chars(begin, rest->data() + rest->size(), status).ec == std::errc{})
            state.result_.exitStatus = status;
        if (state.outMarked_ && state.errMarked_) state.changed_.notify_all();
    } else if (state.result_.out.size() + state.result_.err.size() > state.outputLimit_ + 2 * state.mark_.size()) {
        state.end_ = ShellState::End::tooMuch;
        state.changed_.notify_all();
    }
    return data.size();
}

void ShellChannel::progress(IoThread& io, const PollSet&) {
    {
        const std::lock_guard lock(state_->mutex_);
        if (state_->end_ != ShellState::End::none) return done();
        addInput(std::exchange(state_->input_, {}));
    }
    drive(io);
}

}  // namespace boxtest::ssh
