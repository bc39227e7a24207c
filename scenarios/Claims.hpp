#pragma once

#include <span>
#include <string>
#include <string_view>

namespace boxtest {

/// One promise of the Odoo Box documentation.
struct Claim {
    std::string_view id;        ///< "tcp-refused"; its suite is the same in PascalCase, "TcpRefused".
    std::string_view section;   ///< What the documentation promises it about; a heading of docs/claims.md.
    std::string_view promise;   ///< What the documentation says, in one sentence.
    std::string_view run = {};  ///< The command that proves it, where that takes another guest: then it needs no scenario.

    std::string suite() const;
    /// Whether it is about a handyman, of whom the documentation's example is Jane: its scenarios have the trait "jane".
    bool isAboutJane() const { return id.starts_with("handyman"); }
};

/// All claims, in the documentation's order.
std::span<const Claim> claims();

/// The claim of a suite, or nullptr.
const Claim* claimOfSuite(std::string_view suite);

}  // namespace boxtest
