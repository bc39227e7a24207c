#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// One promise of the Odoo Box documentation that scenarios check.
struct Claim {
    std::string_view id;       ///< "tcp-refused"; its suite is the same in PascalCase, "TcpRefused".
    std::string_view promise;  ///< What the documentation says, in one sentence.
    bool changesState;         ///< Its scenarios write into the guest (and take it back).
    bool slow;                 ///< Its scenarios take more than some seconds without KVM.

    std::string suite() const;
    /// "changesState", "slow"
    std::vector<std::string> traits() const;
};

/// All claims that have scenarios, in the documentation's order.
std::span<const Claim> claims();

/// The claim of a suite, or nullptr.
const Claim* claimOfSuite(std::string_view suite);

}  // namespace boxtest
