#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// What a box that is in use says of itself: names and paths, in /etc/odoo-box/box.json as docs/box.schema.json defines it. No
/// more than that is taken from it: ports, limits and everything that is expected are boxtest's own.
class BoxNames {
   public:
    static constexpr auto file = "/etc/odoo-box/box.json";

    /// Throws UsageError naming the file and the JSON pointer: for what is missing, unknown, or no plain name or path, which
    /// could become more than a name in a script or statement.
    static BoxNames load(const std::filesystem::path& source);

    /// For scenarios: without a folder, keys, passwords and checksums, which nobody knows of such a machine.
    const Manifest& manifest() const { return manifest_; }
    /// Whatever differs from the policy's own names and paths, a line each: it is the machine's word.
    std::vector<std::string> deviations() const;

   private:
    Manifest manifest_;
};

}  // namespace boxtest
