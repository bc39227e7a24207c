#pragma once

#include <chrono>
#include <string_view>

namespace boxtest {

/// Receives the progress messages of the harness for the user. Thread-safe.
class Log {
   public:
    virtual ~Log() = default;

    /// One completed step: "guest ready in 185 s".
    virtual void line(std::string_view text) = 0;

    /// A wait in progress. May be called at any rate; the log decides how often it shows the wait to the user.
    virtual void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) = 0;
};

/// Discards everything.
class NullLog final : public Log {
   public:
    void line(std::string_view) override {}
    void waiting(std::string_view, std::chrono::steady_clock::duration) override {}
};

}  // namespace boxtest
