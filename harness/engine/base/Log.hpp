#pragma once

#include <chrono>
#include <string_view>

namespace boxtest {

/// Where the harness tells a person what it is doing. Thread-safe.
class Log {
   public:
    virtual ~Log() = default;

    /// One finished fact: "guest ready in 185 s".
    virtual void line(std::string_view text) = 0;

    /// A wait that goes on; called as often as the waiter likes, the log decides how often a person hears of it.
    virtual void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) = 0;
};

/// Discards everything.
class NullLog final : public Log {
   public:
    void line(std::string_view) override {}
    void waiting(std::string_view, std::chrono::steady_clock::duration) override {}
};

}  // namespace boxtest
