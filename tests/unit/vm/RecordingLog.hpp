#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/Log.hpp"

namespace boxtest {

/// Stores the logged lines, and the texts of waits (one that follows itself only once). Thread-safe.
class RecordingLog final : public Log {
   public:
    void line(std::string_view text) override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(text);
    }
    void waiting(std::string_view what, std::chrono::steady_clock::duration) override {
        const std::lock_guard lock(mutex_);
        if (waits_.empty() || waits_.back() != what) waits_.emplace_back(what);
    }

    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    std::vector<std::string> waits() const {
        const std::lock_guard lock(mutex_);
        return waits_;
    }

   private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    std::vector<std::string> waits_;
};

}  // namespace boxtest
