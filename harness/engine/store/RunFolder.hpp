#pragma once

#include <filesystem>
#include <string>

#include "store/Lease.hpp"

namespace boxtest {

/// The folder of one run's results: cacheFolder()/runs/<UTC time>-<pid>. It contains the output of the scenarios program, the
/// report, the attachments of scenarios (attachments/<scenario>) and the machines of failed scenarios (kept/<scenario>). The
/// latest ten runs without a kept machine stay, and the latest ten with one; so do runs in progress, and runs with a kept machine
/// that is in use. A run without results leaves no folder. The lease on the folder is held during the lifetime of the object.
class RunFolder {
   public:
    /// Throws SystemError.
    RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;
    ~RunFolder();

    const std::filesystem::path& path() const { return path_; }
    /// The output of all scenarios together, when they share a machine.
    std::filesystem::path output() const { return path_ / "scenarios.log"; }
    /// The output of one scenario, when it has its own machine.
    std::filesystem::path outputOf(const std::string& scenario) const { return path_ / (scenario + ".log"); }
    /// The attachments of scenarios for the report, one folder for each scenario; not created here.
    std::filesystem::path attachments() const { return path_ / "attachments"; }
    /// The folder of a scenario's kept machine; not created here.
    std::filesystem::path keptOf(const std::string& scenario) const { return path_ / "kept" / scenario; }

   private:
    bool isWorthKeeping() const noexcept;
    std::filesystem::path path_;
    Lease lease_;
};

}  // namespace boxtest
