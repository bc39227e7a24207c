#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "bench/Samples.hpp"

namespace boxtest {

/// One quantity that the bench measured.
struct BenchRow {
    std::string id;    ///< "fork-first-sql": stable, for scripts
    std::string what;  ///< for people
    std::string unit;  ///< "s", "ms", "MiB", "MB/s", "x"
    Samples samples;
    /// What the median is held against: at most (or, for throughput and the like, at least) this.
    std::optional<double> bar = {};
    bool atLeast = false;

    bool meetsBar() const;
};

/// What a bench found, in the order in which it was measured.
class BenchReport {
   public:
    /// Facts of the run that the numbers depend on: the processor, QEMU, the accelerator, ...
    void fact(std::string name, std::string value) { facts_.emplace_back(std::move(name), std::move(value)); }
    void add(BenchRow row) { rows_.push_back(std::move(row)); }
    /// The row of that id, or null.
    const BenchRow* find(const std::string& id) const;

    const std::vector<BenchRow>& rows() const { return rows_; }

    /// A table: median, the middle half, least and greatest, the number of samples, the bar.
    void print(std::ostream& out) const;
    nlohmann::json toJson() const;

   private:
    std::vector<std::pair<std::string, std::string>> facts_;
    std::vector<BenchRow> rows_;
};

}  // namespace boxtest
