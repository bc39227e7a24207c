#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "store/Store.hpp"
#include "template/KeptMachine.hpp"

namespace boxtest {

/// All kept machines of failed scenarios: cacheFolder()/runs/<run>/kept/<scenario>/, and imported machines.
class KeptStore {
   public:
    /// All readable machines, newest first.
    static std::vector<KeptMachine> all();

    /// For each machine that all() leaves out, a text that states why, and what to do about it.
    static std::vector<std::string> unreadable();

    /// What kept machines depend on. Only a thing under an exclusive lease cannot get a new kept machine that depends on it.
    static std::set<store::Thing> supports();

    /// The newest machine of a scenario, or the machine in a folder. Throws UsageError, which lists the existing machines.
    static KeptMachine find(const std::string& scenarioOrFolder);

    /// The machine in a folder or, anywhere below it, the scenario's machine: in a run's folder, or in a report of Nix. Without a
    /// scenario: the only machine below the folder. Throws UsageError, which lists the existing machines.
    static KeptMachine findIn(const std::filesystem::path& folder, const std::string& scenario);

    /// Removes a machine, also one of another version of boxtest, and the folders of the store that are empty afterwards. Throws
    /// UsageError when the machine is in use or another one depends on it, SystemError.
    static void remove(const std::filesystem::path& folder);
    static void remove(const KeptMachine& kept) { remove(kept.folder); }

    static std::filesystem::path importFolder();
};

}  // namespace boxtest
