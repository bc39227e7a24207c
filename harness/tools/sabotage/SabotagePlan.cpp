#include "sabotage/SabotagePlan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

namespace {

bool isLive(const CatalogueEntry& entry) { return entry.effect == Effect::reads && entry.notLive.empty(); }

}  // namespace

SabotagePlan::SabotagePlan(std::vector<Sabotage> sabotages, const Catalogue& scenarios, const Options& options)
    : sabotages_(std::move(sabotages)), known_(scenarios.entries()) {
    if (options.live) {
        std::erase_if(known_, [](const CatalogueEntry& entry) { return !isLive(entry); });
        std::erase_if(sabotages_, [&](const Sabotage& one) {
            return one.ends != Sabotage::Ends::failed || std::ranges::none_of(mustNotice(one, scenarios), isLive);
        });
    }
    for (std::size_t i = 0; i < sabotages_.size(); ++i) add(i, scenarios, options.allScenarios);
    if (!options.clean) return;
    std::set<std::string> used;
    for (const auto& pair : pairs_) used.insert(pair.scenario);
    std::vector<Pair> clean;
    for (const auto& entry : known_)
        if (used.contains(entry.scenario)) clean.push_back({.sabotage = {}, .scenario = entry.scenario});
    pairs_.insert(pairs_.begin(), std::make_move_iterator(clean.begin()), std::make_move_iterator(clean.end()));
}

bool SabotagePlan::mayRun(const std::string& scenario) const {
    return std::ranges::any_of(known_, [&](const CatalogueEntry& entry) { return entry.scenario == scenario; });
}

std::vector<CatalogueEntry> SabotagePlan::mustNotice(const Sabotage& sabotage, const Catalogue& scenarios) {
    std::vector<CatalogueEntry> all;
    for (const auto& entry : scenarios.entries()) {
        const bool named = std::any_of(sabotage.notice.begin(), sabotage.notice.end(),
                                       [&](const auto& pattern) { return matchesPattern(pattern, entry.scenario); });
        if (named) all.push_back(entry);
    }
    for (const auto& pattern : sabotage.notice)
        if (std::none_of(all.begin(), all.end(), [&](const auto& entry) { return matchesPattern(pattern, entry.scenario); }))
            throw UsageError(fmt::format("{}: [{}] wants '{}' to notice, and there is no such scenario", sabotage.where,
                                         sabotage.id, pattern));
    return all;
}

void SabotagePlan::add(std::size_t sabotage, const Catalogue& scenarios, bool all) {
    const auto& one = sabotages_[sabotage];
    std::set<std::string> must;
    for (const auto& entry : mustNotice(one, scenarios)) must.insert(entry.scenario);
    for (const auto& entry : known_) {
        const bool named = must.contains(entry.scenario);
        if (named || all || (one.notice.empty() && entry.claim == one.claim))
            pairs_.push_back({.sabotage = sabotage, .scenario = entry.scenario, .must = named});
    }
}

std::string SabotagePlan::nameOf(const Pair& pair) const {
    return pair.sabotage ? sabotages_[*pair.sabotage].id + "/" + pair.scenario : pair.scenario;
}

const SabotagePlan::Pair& SabotagePlan::pairOf(const std::string& name) const {
    const auto found = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return nameOf(pair) == name; });
    if (found == pairs_.end()) throw std::logic_error("no pair " + name);
    return *found;
}

std::vector<CatalogueEntry> SabotagePlan::entries() const {
    std::vector<CatalogueEntry> all;
    for (const auto& pair : pairs_) {
        const auto known = std::find_if(known_.begin(), known_.end(),
                                        [&](const CatalogueEntry& entry) { return entry.scenario == pair.scenario; });
        all.push_back(*known);
        all.back().scenario = nameOf(pair);
    }
    return all;
}

}  // namespace boxtest
