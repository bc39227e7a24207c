#pragma once

#include <string>
#include <vector>

namespace boxtest {

/// A deliberate misconfiguration that breaks one claim. The scripts run as root in the guest, in POSIX shell, with the variables
/// and functions of sabotageScript().
struct Sabotage {
    /// How a scenario that must notice has to end.
    enum class Ends {
        failed,  ///< Red, with a text that contains the reason.
        notRun,  ///< No verdict: the harness refuses the machine.
        either,
    };

    std::string id = {};      ///< "hba-trusts-everybody"
    std::string claim = {};   ///< The claim that it breaks; "harness" for a sabotage that undermines the harness itself.
    std::string kind = {};    ///< What it modifies: see SabotageCatalogue::kinds().
    std::string breaks = {};  ///< What is wrong afterwards, as text for users.
    std::string lift = {};    ///< Removes a second line of defence that would hide the breach; empty if there is none.
    std::string act = {};     ///< The misconfiguration itself.
    std::string check = {};   ///< Succeeds only if the misconfiguration has taken effect.
    /// Names of scenarios that must all notice, with '*' and '?'. Empty: at least one scenario of the claim must notice.
    std::vector<std::string> notice = {};
    std::string says = {};  ///< An extended regular expression (POSIX) that must match the failure text of a scenario that
                            ///< noticed.
    Ends ends = Ends::failed;
    std::string where = {};  ///< "tests/sabotage/peer-auth.toml:12", for messages.
};

}  // namespace boxtest
