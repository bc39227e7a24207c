#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/Log.hpp"

namespace boxtest {

/// Stores the logged lines. Thread-safe.
class RecordingLog final : public Log {
   public:
    void line(std::string_view text) override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(text);
    }
    void waiting(std::string_view, std::chrono::steady_clock::duration) override {}

    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

   private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

}  // namespace boxtest
