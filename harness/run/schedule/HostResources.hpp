#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace boxtest {

/// The resources that this host, and this process's control group, have left.
class HostResources {
   public:
    /// `root`: parent of /proc and /sys/fs/cgroup; tests pass their own folder.
    explicit HostResources(std::filesystem::path root = "/") : root_(std::move(root)) {}

    /// Bytes available without swapping: MemAvailable of proc_meminfo(5), or less if this process's control group (version 1 or
    /// 2), or a parent of it, allows less. The group's page cache counts as free as far as the kernel counts it so. 0 if /proc
    /// has no value.
    std::uint64_t availableMemory() const;

    /// CPUs available to this process: sched_getaffinity(2), or fewer if a control group's quota (of either version) allows less.
    /// At least 1.
    unsigned cores() const;

   private:
    /// A control group of this process: its version, its mount point, and its path below that.
    struct Group {
        int version;
        std::filesystem::path top;
        std::filesystem::path path;
    };
    std::vector<Group> groups(const std::string& controller) const;

    std::filesystem::path root_;
};

}  // namespace boxtest
