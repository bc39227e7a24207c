#pragma once

#include <string>
#include <vector>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// Replaces the guest's own passwords in texts that go into a report, because reports are passed on to other people.
class Concealment {
   public:
    Concealment() = default;
    /// A secret of fewer than `shortest` characters is ignored: it would match parts of ordinary words.
    explicit Concealment(std::vector<std::string> secrets);
    /// Of all passwords that a manifest names. Passwords that cannot be read are ignored: they cannot be in a text either.
    static Concealment of(const Manifest& manifest);

    /// Returns the text with `mark` in the place of each secret.
    std::string in(std::string text) const;

    static constexpr std::size_t shortest = 8;
    static constexpr auto mark = "[password]";

   private:
    std::vector<std::string> secrets_;
};

}  // namespace boxtest
