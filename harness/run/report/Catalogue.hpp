#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/Effect.hpp"

namespace boxtest {

/// One scenario, as the scenarios program lists it without a machine.
struct CatalogueEntry {
    std::string scenario;             ///< "TcpRefused.NoListener": suite and name
    std::string claim;                ///< "tcp-refused"
    std::string promise;              ///< The documentation's sentence; may be empty.
    std::vector<std::string> traits;  ///< Its needs and subjects: "slow", "twoMachines", "ownMachine", "jane".
    Effect effect = Effect::changes;  ///< `changes`, the worst one, if the list has no effect.
    std::string notLive = {};         ///< Why it never runs on a machine in use; empty: it may.

    bool has(std::string_view trait) const;
    std::string suite() const { return scenario.substr(0, scenario.find('.')); }
};

/// One promise of the documentation.
struct CatalogueClaim {
    std::string id;       ///< "tcp-refused"
    std::string section;  ///< The subject that the documentation makes this promise about.
    std::string promise;  ///< The documentation's sentence.
    std::string run;      ///< The command that proves the claim instead of scenarios; usually empty.
};

/// All claims and all scenarios, in the order in which they run.
class Catalogue {
   public:
    Catalogue() = default;
    /// Of these scenarios and their claims.
    explicit Catalogue(std::vector<CatalogueEntry> entries);

    /// Parses the output of `boxtest-scenarios --list-json`: an object with "claims", each with "claim", "section", "promise" and
    /// "run", and "scenarios", each with "scenario" and "claim", and optionally "effect", "traits" and "promise". An array is
    /// read as the list of scenarios alone. Throws TransportError for anything else.
    static Catalogue parse(std::string_view json);

    /// The scenarios that a user's filter selects; all for an empty filter. A filter is a list of patterns separated by ':' (with
    /// '*' and '?'). A pattern matches a claim, a suite or a full name; a trait or an effect must be spelled out. Patterns after
    /// the first '-' exclude, as in GoogleTest. Throws UsageError when no scenario is selected, or when a pattern that does not
    /// exclude matches none (an effect may).
    std::vector<CatalogueEntry> select(std::string_view filter) const;

    /// The first scenario of each claim that is not slow; claims that have only slow scenarios are left out.
    static std::vector<CatalogueEntry> onePerClaim(const std::vector<CatalogueEntry>& entries);

    const std::vector<CatalogueEntry>& entries() const { return entries_; }
    const std::vector<CatalogueClaim>& claims() const { return claims_; }

   private:
    std::vector<CatalogueClaim> claims_;
    std::vector<CatalogueEntry> entries_;
};

/// True if the whole text matches the pattern, in which '*' stands for any text and '?' for one character.
bool matchesPattern(std::string_view pattern, std::string_view text);

}  // namespace boxtest
