#include "bench/Samples.hpp"

#include <algorithm>
#include <cmath>

#include "base/Error.hpp"

namespace boxtest {

double Samples::quantile(double fraction) const {
    if (values_.empty()) throw UsageError("nothing was measured");
    auto sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    const auto position = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(position));
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - static_cast<double>(below));
}

}  // namespace boxtest
