#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "template/KeptMachine.hpp"

namespace boxtest {

/// All machines that were kept of failures: cacheFolder()/runs/<run>/kept/<scenario>/, and what was imported from elsewhere.
class KeptStore {
   public:
    /// Newest first. What cannot be read is left out.
    static std::vector<KeptMachine> all();

    /// A scenario's newest one, or the one in a folder. Throws UsageError saying what there is.
    static KeptMachine find(const std::string& scenarioOrFolder);

    /// Removes it. Throws UsageError when somebody uses it, SystemError.
    static void remove(const KeptMachine& kept);

    static std::filesystem::path importFolder();
};

}  // namespace boxtest
