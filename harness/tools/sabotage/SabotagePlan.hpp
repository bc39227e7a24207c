#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/Catalogue.hpp"
#include "sabotage/Sabotage.hpp"

namespace boxtest {

/// What to run: pairs of a sabotage and a scenario, and scenarios on the clean machine. In one list, so that all of them can
/// share the workers of one run.
class SabotagePlan {
   public:
    struct Options {
        bool allScenarios = false;  ///< Every scenario under each sabotage, not only those that must notice.
        bool clean = true;          ///< Also each of these scenarios on a machine without sabotage.
        /// Only scenarios of effect `reads` that may run on machines in use, and only sabotages that one of them must notice by
        /// being red.
        bool live = false;
    };
    struct Pair {
        std::optional<std::size_t> sabotage;  ///< Index into sabotages(); nullopt: the clean machine.
        std::string scenario;
        bool must = false;  ///< The sabotage names the scenario.
    };

    /// Throws UsageError for a sabotage that names a scenario which is not in the catalogue.
    SabotagePlan(std::vector<Sabotage> sabotages, const Catalogue& scenarios, const Options& options);

    const std::vector<Sabotage>& sabotages() const { return sabotages_; }
    /// Whether the scenario can be part of this plan: a live plan excludes scenarios that do not run on machines in use.
    bool mayRun(const std::string& scenario) const;
    /// The clean machine first: if a scenario fails there, the other results mean nothing.
    const std::vector<Pair>& pairs() const { return pairs_; }
    /// For RunReport and ForkRunner, in the order of pairs(): named "sabotage/Suite.Name", or "Suite.Name".
    std::vector<CatalogueEntry> entries() const;
    std::string nameOf(const Pair& pair) const;
    /// The pair with this name, which must exist.
    const Pair& pairOf(const std::string& name) const;

    /// The scenarios that a sabotage names, in the catalogue's order; throws as the constructor.
    static std::vector<CatalogueEntry> mustNotice(const Sabotage& sabotage, const Catalogue& scenarios);

   private:
    void add(std::size_t sabotage, const Catalogue& scenarios, bool all);

    std::vector<Sabotage> sabotages_;
    std::vector<Pair> pairs_;
    std::vector<CatalogueEntry> known_;
};

}  // namespace boxtest
