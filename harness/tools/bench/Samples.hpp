#pragma once

#include <cstddef>
#include <vector>

namespace boxtest {

/// Measurements of one quantity, in one unit.
class Samples {
   public:
    void add(double value) { values_.push_back(value); }
    std::size_t count() const { return values_.size(); }
    const std::vector<double>& values() const { return values_; }

    /// Quantile, by linear interpolation between the two nearest samples: 0 is the minimum, 0.5 the median, 1 the maximum. Throws
    /// UsageError when there are no samples.
    double quantile(double fraction) const;
    double median() const { return quantile(0.5); }

   private:
    std::vector<double> values_;
};

}  // namespace boxtest
