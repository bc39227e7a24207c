#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Whose sessions a suite's scenarios make first: they can be made before a scenario begins.
enum class First { admin, handyman, both };

/// One promise of the Odoo Box documentation that scenarios check.
struct Claim {
    std::string_view id;       ///< "tcp-refused"; its suite is the same in PascalCase, "TcpRefused".
    std::string_view promise;  ///< What the documentation says, in one sentence.
    bool changesState;         ///< Its scenarios write into the guest (and take it back).
    bool slow;                 ///< Its scenarios take more than some seconds without KVM.
    First first = First::admin;
    bool ownMachine = false;  ///< Its scenarios restart the machine or its services: nobody can share it.

    std::string suite() const;
    /// "changesState", "slow", "jane" for what is about a handyman (the documentation's example of one), "ownMachine" for what
    /// cannot share its machine.
    std::vector<std::string> traits() const;
    /// Those of one of its scenarios: also "twoMachines" when its name speaks of a neighbour.
    std::vector<std::string> traitsOf(std::string_view name) const;
};

/// All claims that have scenarios, in the documentation's order.
std::span<const Claim> claims();

/// The claim of a suite, or nullptr.
const Claim* claimOfSuite(std::string_view suite);

}  // namespace boxtest
