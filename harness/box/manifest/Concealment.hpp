#pragma once

#include <string>
#include <vector>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// Takes the guest's own passwords out of texts that go into a report, which people pass on.
class Concealment {
   public:
    Concealment() = default;
    /// A secret of fewer than `shortest` characters is left: it would be found in words.
    explicit Concealment(std::vector<std::string> secrets);
    /// Of all passwords that a manifest names. One that cannot be read cannot be in a text either.
    static Concealment of(const Manifest& manifest);

    /// With `mark` in the place of each secret.
    std::string in(std::string text) const;

    static constexpr std::size_t shortest = 8;
    static constexpr auto mark = "[password]";

   private:
    std::vector<std::string> secrets_;
};

}  // namespace boxtest
