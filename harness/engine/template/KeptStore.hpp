#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "store/Store.hpp"
#include "template/KeptMachine.hpp"

namespace boxtest {

/// All machines that were kept of failures: cacheFolder()/runs/<run>/kept/<scenario>/, and what was imported from elsewhere.
class KeptStore {
   public:
    /// Newest first. What cannot be read is left out.
    static std::vector<KeptMachine> all();

    /// Of those that were left out, why, and what to do about it: one text each.
    static std::vector<std::string> unreadable();

    /// What kept machines stand on. Only what is leased exclusively can come no new kept machine to stand on.
    static std::set<store::Thing> supports();

    /// A scenario's newest one, or the one in a folder. Throws UsageError saying what there is.
    static KeptMachine find(const std::string& scenarioOrFolder);

    /// The one in a folder or, anywhere below it, the scenario's: of a run's folder, or of a report of Nix's. Without a scenario
    /// the only one that there is. Throws UsageError saying what there is.
    static KeptMachine findIn(const std::filesystem::path& folder, const std::string& scenario);

    /// Removes it, and the folders of the store that are empty then; also one of another version of boxtest. Throws UsageError
    /// when somebody uses it or another one stands on it, SystemError.
    static void remove(const std::filesystem::path& folder);
    static void remove(const KeptMachine& kept) { remove(kept.folder); }

    static std::filesystem::path importFolder();
};

}  // namespace boxtest
