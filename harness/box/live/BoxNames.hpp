#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// The names and paths of a machine in use, from its /etc/odoo-box/box.json (format: docs/box.schema.json). Nothing else is read
/// from that file: ports, limits and all expected values are constants of boxtest.
class BoxNames {
   public:
    static constexpr auto file = "/etc/odoo-box/box.json";

    /// Throws UsageError naming the file and the JSON pointer for a key that is missing or unknown, and for a value that is not a
    /// plain name or path: such a value could inject code into a script or statement.
    /// `copyOf`, if it is not empty, is the file that errors name.
    static BoxNames load(const std::filesystem::path& source, const std::filesystem::path& copyOf = {});

    /// For scenarios. It has no folder, keys, passwords or checksums: these are not available for a machine in use.
    const Manifest& manifest() const { return manifest_; }
    /// One line for each name and path that differs from the policy's: the machine under test supplied these values itself.
    std::vector<std::string> deviations() const;

   private:
    Manifest manifest_;
};

}  // namespace boxtest
