#pragma once

#include <filesystem>

#include "base/Log.hpp"
#include "store/Lease.hpp"

namespace boxtest {

/// The private folder (0700) of one running machine: overlay disk, console log, sockets. On the disk of the cache rather than
/// in /tmp, which may be RAM. Goes away with the object. One that a killed process left behind is removed when the next one
/// is made: the owner of a folder holds a lock on it as long as it lives.
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

    /// Where the logs of the last machine that failed are.
    static std::filesystem::path keptLogs();

   private:
    MachineFolder(std::filesystem::path path, Lease lease);
    std::filesystem::path path_;
    Lease lease_;
};

}  // namespace boxtest
