#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/Log.hpp"

namespace boxtest {

/// Passes everything on to another log, and adds to each wait how long the rest of the work takes, if that is known: "SSH, about
/// 25 s left". Adds nothing while the other log is a RestLog that does so itself, and nothing once the work takes longer than
/// expected. Thread-safe.
class RestLog final : public Log {
   public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;

    /// The log must outlive the object.
    explicit RestLog(Log& log, Now now = std::chrono::steady_clock::now);

    /// The work ends about this long after this call; nullopt: not known.
    void expect(std::optional<std::chrono::duration<double>> rest);

    void line(std::string_view text) override { log_.line(text); }
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override;

   private:
    /// Whether a wait gets an estimate, from this log or from the other one.
    bool showsRest() const;
    /// Not positive if it is not known.
    std::chrono::duration<double> rest() const;

    Log& log_;
    const RestLog* outer_;  ///< log_, if it is one; else null.
    Now now_;
    mutable std::mutex mutex_;
    std::optional<std::chrono::steady_clock::time_point> end_;
};

}  // namespace boxtest
