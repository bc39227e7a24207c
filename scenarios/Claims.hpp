#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// One promise of the Odoo Box documentation.
struct Claim {
    std::string_view id;        ///< "tcp-refused"; its suite is the same in PascalCase, "TcpRefused".
    std::string_view section;   ///< What the documentation promises it about; a heading of docs/claims.md.
    std::string_view promise;   ///< What the documentation says, in one sentence.
    bool changesState = false;  ///< Its scenarios write into the guest (and take it back).
    bool slow = false;          ///< All its scenarios are slow; of others only those whose name says so (traitsOf).
    bool parallel = false;      ///< Several processes of the guest work for its scenarios at once: both its CPUs have to do.
    bool ownMachine = false;    ///< Its scenarios restart the machine or its services: nobody can share it.
    std::string_view run = {};  ///< The command that proves it, where that takes another guest: then it needs no scenario.

    std::string suite() const;
    /// "changesState", "slow", "jane" for what is about a handyman (the documentation's example of one), "ownMachine" for what
    /// cannot share its machine.
    std::vector<std::string> traits() const;
    /// Those of one of its scenarios: also "slow" when its name speaks of a reboot, a restart, a restore, a browser or of
    /// something done exhaustively, "twoMachines" when it speaks of a neighbour, and "ownMachine" when it
    /// speaks of somebody who is moved or removed.
    std::vector<std::string> traitsOf(std::string_view name) const;
};

/// All claims, in the documentation's order.
std::span<const Claim> claims();

/// The claim of a suite, or nullptr.
const Claim* claimOfSuite(std::string_view suite);

}  // namespace boxtest
