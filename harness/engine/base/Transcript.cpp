#include "base/Transcript.hpp"

#include <utility>

namespace boxtest {

namespace {

/// At most `size` bytes of a text, not cut inside a UTF-8 character.
std::string shortenedTo(std::size_t size, std::string_view text) {
    if (text.size() <= size) return std::string(text);
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    return std::string(text.substr(0, size)) + " [...]";
}

}  // namespace

Transcript& Transcript::ofProcess() {
    static Transcript transcript;
    return transcript;
}

void Transcript::restart() {
    const std::lock_guard lock(mutex_);
    on_ = true;
    begun_ = std::chrono::steady_clock::now();
    entries_.clear();
    counts_.clear();
}

void Transcript::guard(Guard guard) {
    const std::lock_guard lock(mutex_);
    guard_ = std::move(guard);
}

Transcript::Unguarded::Unguarded() {
    const std::lock_guard lock(ofProcess().mutex_);
    guard_ = std::exchange(ofProcess().guard_, {});
}

Transcript::Unguarded::~Unguarded() {
    const std::lock_guard lock(ofProcess().mutex_);
    ofProcess().guard_ = std::move(guard_);
}

std::size_t Transcript::ask(std::string_view kind, std::string_view who, std::string_view what) {
    Guard guard;
    {
        const std::lock_guard lock(mutex_);
        guard = guard_;
    }
    if (guard) guard(kind, who, what);
    const std::lock_guard lock(mutex_);
    if (!on_) return next_;
    ++counts_[std::string(kind)];
    entries_.push_back({.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count(),
                        .who = std::string(who),
                        .what = shortenedTo(longestQuestion, what),
                        .answer = {}});
    if (entries_.size() > keptEntries) entries_.pop_front();
    return next_++;
}

void Transcript::answered(std::size_t number, std::string_view answer) {
    const std::lock_guard lock(mutex_);
    const auto first = next_ - entries_.size();
    if (number >= first && number < next_) entries_[number - first].answer = shortenedTo(longestAnswer, answer);
}

std::vector<Transcript::Entry> Transcript::entries() const {
    const std::lock_guard lock(mutex_);
    return {entries_.begin(), entries_.end()};
}

std::map<std::string, std::size_t> Transcript::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace boxtest
