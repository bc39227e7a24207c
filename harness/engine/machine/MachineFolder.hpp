#pragma once

#include <filesystem>

#include "base/Log.hpp"
#include "store/Lease.hpp"

namespace boxtest {

/// The private folder (0700) of one running machine: overlay disk, console log, sockets. It is on the disk of the cache rather
/// than in /tmp, which may be RAM. The destructor removes it. A folder that a killed process left behind is removed when the next
/// folder is created: the owner of a folder holds a lock on it during its lifetime.
class MachineFolder {
   public:
    /// Below cacheFolder()/machines, or below runtimeFolder() when that path is too long for Unix sockets. Throws SystemError.
    static MachineFolder make(Log& log);

    MachineFolder(MachineFolder&& other) noexcept;
    MachineFolder& operator=(MachineFolder&&) = delete;
    MachineFolder(const MachineFolder&) = delete;
    MachineFolder& operator=(const MachineFolder&) = delete;
    ~MachineFolder();

    const std::filesystem::path& path() const { return path_; }

    /// Copies the logs (*.log) to keptLogs(), where `boxtest logs` finds them when no machine is up. Never throws.
    void keepLogs() const noexcept;

    /// The folder of the logs of the last machine that failed.
    static std::filesystem::path keptLogs();

   private:
    MachineFolder(std::filesystem::path path, Lease lease);
    std::filesystem::path path_;
    Lease lease_;
};

}  // namespace boxtest
