#include "schedule/Shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include "base/Error.hpp"

namespace boxtest {

namespace {

/// Cost of each scenario; an unknown one gets the median of the others.
std::vector<double> costsOf(const std::vector<CatalogueEntry>& all, const std::map<std::string, double>& seconds) {
    std::vector<double> known;
    for (const auto& entry : all)
        if (const auto found = seconds.find(entry.scenario); found != seconds.end()) known.push_back(found->second);
    std::sort(known.begin(), known.end());
    const double median = known.empty() ? 1 : known[known.size() / 2];
    std::vector<double> costs;
    for (const auto& entry : all) {
        const auto found = seconds.find(entry.scenario);
        costs.push_back(found == seconds.end() ? median : found->second);
    }
    return costs;
}

/// The most expensive first; among equal ones the slow ones, then plan order.
std::vector<std::size_t> dealingOrder(const std::vector<CatalogueEntry>& all, const std::vector<double>& costs) {
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
        if (costs[one] != costs[other]) return costs[one] > costs[other];
        return all[one].has("slow") && !all[other].has("slow");
    });
    return order;
}

}  // namespace

Shard Shard::parse(const std::string& option, const std::string& text) {
    Shard shard;
    char slash = 0;
    std::istringstream stream(text);
    if (text.find('-') != std::string::npos || !(stream >> shard.which >> slash >> shard.of) || slash != '/' ||
        !(stream >> std::ws).eof() || shard.which < 1 || shard.which > shard.of)
        throw UsageError(fmt::format("{} '{}' is no K/N, with K from 1 to N", option, text));
    return shard;
}

std::vector<CatalogueEntry> Shard::choose(const std::vector<CatalogueEntry>& all,
                                          const std::map<std::string, double>& seconds) const {
    if (all.size() < of) throw UsageError(fmt::format("{} shards of {} scenarios: some would be empty", of, all.size()));
    const auto costs = costsOf(all, seconds);
    std::vector<double> loads(of, 0);
    std::vector<std::size_t> sizes(of, 0);
    std::vector<bool> mine(all.size(), false);
    for (const auto scenario : dealingOrder(all, costs)) {
        std::size_t lightest = 0;
        for (std::size_t shard = 1; shard < of; ++shard)
            if (std::pair(loads[shard], sizes[shard]) < std::pair(loads[lightest], sizes[lightest])) lightest = shard;
        loads[lightest] += costs[scenario];
        ++sizes[lightest];
        mine[scenario] = lightest == which - 1;
    }
    std::vector<CatalogueEntry> chosen;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (mine[i]) chosen.push_back(all[i]);
    return chosen;
}

}  // namespace boxtest
