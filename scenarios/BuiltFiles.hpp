#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace boxtest {

/// What the builder of a guest installed, by the checksums that it left in the guest's folder: nothing of it comes from the
/// machine.
class BuiltFiles {
   public:
    /// Throws SystemError when the file cannot be read, GuestError when a line of it is not as docs/guest.schema.json says.
    static BuiltFiles load(const std::filesystem::path& checksums);

    /// A survey's rows in which each "sum ROLE WHAT PATH" has become "built ROLE VERDICT PATH". WHAT is the SHA-256 of a file of
    /// the machine, or "->TARGET" of a link; the verdict is as-built, differs, or unknown: nobody installed it. Then a row "built
    /// ROLE gone PATH" for each that was installed below a place whose row is "whole ROLE PATH" and is not there.
    std::vector<std::string> judged(const std::vector<std::string>& rows) const;

   private:
    std::string verdict(const std::string& path, const std::string& what) const;

    std::unordered_map<std::string, std::string> files_;  ///< By path, with "_" for each blank, as surveys show it.
};

}  // namespace boxtest
