#include "ssh/TunnelState.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "ssh/IoThread.hpp"

namespace boxtest::ssh {

void TunnelState::close() noexcept {
    closing_ = true;
    if (const auto io = io_.lock()) io->wake();
    std::unique_lock lock(mutex_);
    // The I/O thread never blocks, so that this takes no time; when the session is over, everything is closed already.
    if (!changed_.wait_for(lock, std::chrono::seconds(30), [this] { return held_ == 0; }))
        std::fprintf(stderr, "boxtest: the tunnel to %s keeps %zu descriptors open\n", remote_.describe().c_str(), held_);
    local_.folder.reset();
}

void TunnelState::noteFailure(std::string text) {
    constexpr std::size_t kept = 100;
    const std::lock_guard lock(mutex_);
    failures_.push_back(std::move(text));
    if (failures_.size() <= kept) return;
    failures_.pop_front();
    ++forgotten_;
}

std::vector<std::string> TunnelState::failuresAfter(std::size_t& seen) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    if (seen < forgotten_) lines.push_back(fmt::format("({} more that are not shown)", forgotten_ - seen));
    const auto from = std::max(seen, forgotten_) - forgotten_;
    lines.insert(lines.end(), failures_.begin() + static_cast<std::ptrdiff_t>(from), failures_.end());
    seen = forgotten_ + failures_.size();
    return lines;
}

std::vector<std::string> TunnelState::failures() const {
    const std::lock_guard lock(mutex_);
    return {failures_.begin(), failures_.end()};
}

std::size_t TunnelState::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

TunnelState::Hold::Hold(std::shared_ptr<TunnelState> state, bool connection) : state_(std::move(state)), connection_(connection) {
    const std::lock_guard lock(state_->mutex_);
    ++state_->held_;
    if (connection_) ++state_->connections_;
}

TunnelState::Hold::~Hold() {
    const std::lock_guard lock(state_->mutex_);
    --state_->held_;
    if (connection_) --state_->connections_;
    state_->changed_.notify_all();
}

}  // namespace boxtest::ssh
