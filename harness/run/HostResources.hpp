#pragma once

#include <cstdint>
#include <filesystem>

namespace boxtest {

/// What this host, and the control group that we are in, have left.
class HostResources {
   public:
    /// `root`: where /proc and /sys/fs/cgroup lie; tests give a folder of their own.
    explicit HostResources(std::filesystem::path root = "/") : root_(std::move(root)) {}

    /// Bytes that can be had without swapping: MemAvailable of proc_meminfo(5), or less where a control group (v2,
    /// memory.max) above us allows less; its page cache counts as free as far as the kernel counts it so. 0 when /proc does
    /// not tell.
    std::uint64_t availableMemory() const;

    /// CPUs that we may use: sched_getaffinity(2), or fewer where a control group's cpu.max allows less. At least 1.
    unsigned cores() const;

   private:
    std::filesystem::path cgroup() const;
    std::filesystem::path root_;
};

}  // namespace boxtest
