#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace boxtest {

/// Measures how many cores are idle, from the counters of /proc/stat. Passive: its caller passes in the text of that file from
/// time to time; samples that are at least a second apart are compared.
class CoreLoad {
   public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Adds the text of /proc/stat at a given time. Other text is ignored.
    void sample(std::string_view stat, TimePoint now);

    /// Average number of idle cores between the latest two samples; nullopt before there are two.
    std::optional<double> idleCores() const { return idle_; }

    /// Whether a fork may run ahead of its turn: it keeps a core busy, and must not take one from a scenario that is being timed.
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
