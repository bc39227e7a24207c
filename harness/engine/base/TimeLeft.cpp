#include "base/TimeLeft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace boxtest {

namespace {

constexpr double longestInSeconds = 90;
constexpr long longestInMinutes = 100;
/// A year: more is no estimate.
constexpr double most = 366.0 * 24 * 3600;

long roundedUp(double value, long step) { return static_cast<long>(std::ceil(value / static_cast<double>(step))) * step; }

}  // namespace

std::string aboutLeft(std::chrono::duration<double> rest) {
    if (!(rest.count() > 0)) return "";
    const auto seconds = std::min(rest.count(), most);
    if (seconds <= longestInSeconds) return fmt::format("about {} s left", roundedUp(seconds, seconds <= 20 ? 1 : 5));
    const auto minutes = roundedUp(seconds / 60, 1);
    if (minutes < longestInMinutes) return fmt::format("about {} min left", minutes);
    const auto roughly = roundedUp(seconds / 60, 10);
    return roughly % 60 == 0 ? fmt::format("about {} h left", roughly / 60)
                             : fmt::format("about {} h {} min left", roughly / 60, roughly % 60);
}

}  // namespace boxtest
