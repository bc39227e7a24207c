#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace boxtest {

/// What this host, and the control group that we are in, have left.
class HostResources {
   public:
    /// `root`: where /proc and /sys/fs/cgroup lie; tests give a folder of their own.
    explicit HostResources(std::filesystem::path root = "/") : root_(std::move(root)) {}

    /// Bytes that can be had without swapping: MemAvailable of proc_meminfo(5), or less where a control group (of
    /// version 1 or 2) that we are in, or one above it, allows less; its page cache counts as free as far as the kernel counts it
    /// so. 0 when /proc does not tell.
    std::uint64_t availableMemory() const;

    /// CPUs that we may use: sched_getaffinity(2), or fewer where a control group's quota (of either version) allows less. At
    /// least 1.
    unsigned cores() const;

   private:
    /// A control group that we are in: its version, where such are mounted, and its path there.
    struct Group {
        int version;
        std::filesystem::path top;
        std::filesystem::path path;
    };
    std::vector<Group> groups(const std::string& controller) const;

    std::filesystem::path root_;
};

}  // namespace boxtest
