#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "bench/Samples.hpp"

namespace boxtest {

/// One measured quantity.
struct BenchRow {
    std::string id;    ///< "fork-first-sql": a stable id, for scripts
    std::string what;  ///< name, for users
    std::string unit;  ///< "s", "ms", "MiB", "MB/s", "x"
    Samples samples;
    /// Limit for the median: at most this value (or at least, for throughput and the like).
    std::optional<double> bar = {};
    bool atLeast = false;

    bool meetsBar() const;
};

/// The results of a bench, in the order of measurement.
class BenchReport {
   public:
    /// A fact of the run that influences the numbers: the processor, QEMU, the accelerator, ...
    void fact(std::string name, std::string value) { facts_.emplace_back(std::move(name), std::move(value)); }
    void add(BenchRow row) { rows_.push_back(std::move(row)); }
    /// The row with this id, or null.
    const BenchRow* find(const std::string& id) const;

    const std::vector<BenchRow>& rows() const { return rows_; }

    /// Prints a table: median, the middle half, minimum and maximum, the number of samples, the bar.
    void print(std::ostream& out) const;
    nlohmann::json toJson() const;

   private:
    std::vector<std::pair<std::string, std::string>> facts_;
    std::vector<BenchRow> rows_;
};

}  // namespace boxtest
