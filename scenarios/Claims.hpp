#pragma once

#include <span>
#include <string>
#include <string_view>

namespace boxtest {

/// One promise of the Odoo Box documentation.
struct Claim {
    std::string_view id;        ///< "tcp-refused"; the name of its suite is the id in PascalCase, "TcpRefused".
    std::string_view section;   ///< The subject of the promise; a heading of docs/claims.md.
    std::string_view promise;   ///< The documentation's promise, in one sentence.
    std::string_view run = {};  ///< The command that proves it, if that needs another guest: then it has no scenarios.

    std::string suite() const;
    /// Whether it is about a handyman (Jane in the documentation's example): its scenarios have the trait "jane".
    bool isAboutJane() const { return id.starts_with("handyman"); }
};

/// All claims, in the documentation's order.
std::span<const Claim> claims();

/// The claim of a suite, or nullptr.
const Claim* claimOfSuite(std::string_view suite);

}  // namespace boxtest
