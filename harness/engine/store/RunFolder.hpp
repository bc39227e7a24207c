#pragma once

#include <filesystem>
#include <string>

#include "store/Lease.hpp"

namespace boxtest {

/// Where one run keeps what may be read after it: cacheFolder()/runs/<UTC time>-<pid>, with the scenarios program's own output,
/// in attachments/<scenario> what scenarios attached, the report and, in kept/<scenario>, the machines of failed ones. The latest
/// ten runs stay, and the latest ten that kept a machine; so do others that go on, and those with a kept machine that somebody
/// uses. A run that kept nothing leaves nothing. Its lease is held as long as the object lives.
class RunFolder {
   public:
    /// Throws SystemError.
    RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;
    ~RunFolder();

    const std::filesystem::path& path() const { return path_; }
    /// Of all scenarios together, when they share a machine.
    std::filesystem::path output() const { return path_ / "scenarios.log"; }
    /// Of one, when it has a machine of its own.
    std::filesystem::path outputOf(const std::string& scenario) const { return path_ / (scenario + ".log"); }
    /// What scenarios give to the report, a folder a scenario; not made here.
    std::filesystem::path attachments() const { return path_ / "attachments"; }
    /// Where its machine is kept; not made here.
    std::filesystem::path keptOf(const std::string& scenario) const { return path_ / "kept" / scenario; }

   private:
    bool isWorthKeeping() const noexcept;
    std::filesystem::path path_;
    Lease lease_;
};

}  // namespace boxtest
