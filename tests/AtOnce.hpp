#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "base/Deadline.hpp"

namespace boxtest {

/// Measures, from here to the end of its block, that something ends at once: within a minute, generous for a slow machine and far
/// below the hour that the wait itself would last (waitedFor(), or a deadline that is longer still).
class AtOnce {
   public:
    AtOnce() = default;
    AtOnce(const AtOnce&) = delete;
    AtOnce& operator=(const AtOnce&) = delete;
    ~AtOnce() {
        EXPECT_LT(std::chrono::steady_clock::now() - begun_, std::chrono::minutes(1))
            << "it was waited for, and did not end at once";
    }

    /// How long the wait itself may last.
    static Deadline waitedFor() { return Deadline::in(std::chrono::hours(1)); }

   private:
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace boxtest
