#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "report/Catalogue.hpp"

namespace boxtest {

/// One of several equal shares of a task that several machines do together: "2/3" is the second of three.
struct Shard {
    std::size_t which = 1;  ///< From 1 to `of`.
    std::size_t of = 1;

    /// Throws UsageError, which names the option, if the text is not K/N.
    static Shard parse(const std::string& option, const std::string& text);
    std::string text() const { return std::to_string(which) + "/" + std::to_string(of); }

    /// This shard's scenarios, in their order. Each of `all` is in exactly one of the N shards, and equal `all` and `seconds`
    /// give equal shards on every machine. With durations, the shards take about equally long; a scenario without one counts as
    /// the median of the others. Without any durations, the scenarios are dealt out in turn, slow ones first. Throws UsageError
    /// when there are fewer scenarios than shards: an empty shard would prove nothing and look successful.
    std::vector<CatalogueEntry> choose(const std::vector<CatalogueEntry>& all,
                                       const std::map<std::string, double>& seconds = {}) const;
};

}  // namespace boxtest
