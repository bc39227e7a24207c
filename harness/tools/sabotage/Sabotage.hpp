#pragma once

#include <string>
#include <vector>

namespace boxtest {

/// A deliberate misconfiguration that breaks one claim. The scripts are for the guest's root, in POSIX shell, and know the
/// variables and functions of sabotageScript().
struct Sabotage {
    /// How a scenario that must notice has to end.
    enum class Ends {
        failed,  ///< Red, with a text that says why.
        notRun,  ///< No verdict: the harness refuses the machine.
        either,
    };

    std::string id = {};      ///< "hba-trusts-everybody"
    std::string claim = {};   ///< The claim that it breaks; "harness" for what would break the trust in the harness itself.
    std::string kind = {};    ///< What it lays hands on: see SabotageCatalogue::kinds().
    std::string breaks = {};  ///< What is wrong afterwards, for a person.
    std::string lift = {};    ///< Takes away a second wall, which would hide the breach; empty when there is none.
    std::string act = {};     ///< The misconfiguration itself.
    std::string check = {};   ///< Succeeds only where it has taken effect.
    /// Names of scenarios, with '*' and '?', each of which must notice. Empty: at least one of the claim's.
    std::vector<std::string> notice = {};
    std::string says = {};  ///< An extended regular expression (POSIX) that fits somewhere in what a scenario says that noticed.
    Ends ends = Ends::failed;
    std::string where = {};  ///< "tests/sabotage/peer-auth.toml:12", for messages.
};

}  // namespace boxtest
