#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace boxtest {

/// How many cores were idle lately, from the counters of /proc/stat. It is passive: it expects to be shown that file now and
/// then, and compares texts that are a second or more apart.
class CoreLoad {
   public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// The text of /proc/stat at a time. What is no such text is ignored.
    void sample(std::string_view stat, TimePoint now);

    /// Cores that did nothing on average between the latest two samples; nothing before there were two.
    std::optional<double> idleCores() const { return idle_; }

    /// Whether a fork may be let run ahead of its time: it keeps a core busy, and must not take it from one that is measured.
    bool allowsWorkAhead() const { return idle_ && *idle_ >= 1.0; }

   private:
    struct Counters {
        std::uint64_t idle = 0;
        std::uint64_t all = 0;
        unsigned cores = 0;
    };
    static std::optional<Counters> parse(std::string_view stat);

    std::optional<Counters> last_;
    TimePoint lastAt_;
    std::optional<double> idle_;
};

}  // namespace boxtest
