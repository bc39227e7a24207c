#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace boxtest {

/// What this host, and the control group that we are in, have left.
class HostResources {
   public:
    /// `root`: where /proc and /sys/fs/cgroup lie; tests give a folder of their own.
    explicit HostResources(std::filesystem::path root = "/") : root_(std::move(root)) {}

    /// Bytes that can be had without swapping: MemAvailable of proc_meminfo(5), or less where a control group above us (of
    /// version 2, memory.max, or of version 1, memory.limit_in_bytes) allows less; its page cache counts as free as far as the
    /// kernel counts it so. 0 when /proc does not tell.
    std::uint64_t availableMemory() const;

    /// CPUs that we may use: sched_getaffinity(2), or fewer where a control group's quota allows less. At least 1.
    unsigned cores() const;

   private:
    /// Our group below the hierarchy of that controller of version 1; of version 2 without a name. Relative.
    std::filesystem::path cgroup(const std::string& controller) const;
    std::filesystem::path root_;
};

}  // namespace boxtest
