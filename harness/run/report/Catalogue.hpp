#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/Effect.hpp"

namespace boxtest {

/// One scenario as the scenarios program lists it, without a machine.
struct CatalogueEntry {
    std::string scenario;             ///< "TcpRefused.NoListener": suite and name
    std::string claim;                ///< "tcp-refused"
    std::string promise;              ///< The documentation's sentence; may be empty.
    std::vector<std::string> traits;  ///< What it needs and is about: "slow", "twoMachines", "ownMachine", "jane".
    Effect effect = Effect::changes;  ///< The worst, where a list does not say.
    std::string notLive = {};         ///< Why it is never run on a machine in use; empty: it may be.

    bool has(std::string_view trait) const;
    std::string suite() const { return scenario.substr(0, scenario.find('.')); }
};

/// One promise of the documentation.
struct CatalogueClaim {
    std::string id;       ///< "tcp-refused"
    std::string section;  ///< What the documentation promises it about.
    std::string promise;  ///< The documentation's sentence.
    std::string run;      ///< The command that proves it instead of scenarios; mostly empty.
};

/// All claims and all scenarios there are, in the order in which they run.
class Catalogue {
   public:
    Catalogue() = default;
    /// Of these scenarios, and of their claims.
    explicit Catalogue(std::vector<CatalogueEntry> entries);

    /// Reads what `boxtest-scenarios --list-json` prints: an object with "claims", each with "claim", "section", "promise" and
    /// "run", and "scenarios", each with "scenario" and "claim", and if there are any "effect", "traits" and "promise". An
    /// array is taken for the scenarios alone. TransportError when it is something else.
    static Catalogue parse(std::string_view json);

    /// The scenarios that a person's filter means, all for an empty filter. A filter is patterns separated by ':' (with '*'
    /// and '?'), each of which may mean a claim, a suite or a whole name, or a trait or an effect, which it must spell out;
    /// patterns after a first '-' are taken out, as in GoogleTest. UsageError when nothing is left.
    std::vector<CatalogueEntry> select(std::string_view filter) const;

    /// Of these scenarios the first of each claim that is not slow; claims with slow ones only are not among them.
    static std::vector<CatalogueEntry> onePerClaim(const std::vector<CatalogueEntry>& entries);

    const std::vector<CatalogueEntry>& entries() const { return entries_; }
    const std::vector<CatalogueClaim>& claims() const { return claims_; }

   private:
    std::vector<CatalogueClaim> claims_;
    std::vector<CatalogueEntry> entries_;
};

/// True when the whole text fits the pattern, in which '*' stands for any text and '?' for one character.
bool matchesPattern(std::string_view pattern, std::string_view text);

}  // namespace boxtest
