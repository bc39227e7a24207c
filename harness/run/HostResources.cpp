#include "run/HostResources.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// The number after a word at the beginning of a line, whatever stands between them.
std::optional<std::uint64_t> valueOf(const fs::path& file, const std::string& word) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        std::uint64_t value = 0;
        if (words >> first >> value && first == word) return value;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number(const fs::path& file) {
    std::ifstream text(file);
    std::uint64_t value = 0;
    if (text >> value) return value;
    return std::nullopt;  // Missing, or "max".
}

/// The files of one version of control groups, for what is looked at here.
struct Memory {
    const char* limit;
    const char* used;
    const char* inactive;  ///< page cache, in memory.stat: of this group and those below it
    const char* active;
};
constexpr Memory version2{"memory.max", "memory.current", "inactive_file", "active_file"};
constexpr Memory version1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "total_active_file"};

/// What one control group has left, as the kernel reckons MemAvailable: half of the active page cache can be had too.
std::optional<std::uint64_t> leftIn(const fs::path& group, const Memory& names) {
    const auto limit = number(group / names.limit);
    const auto current = number(group / names.used);
    if (!limit || !current) return std::nullopt;
    const auto statistics = group / "memory.stat";
    const auto cache = valueOf(statistics, names.inactive).value_or(0) + valueOf(statistics, names.active).value_or(0) / 2;
    const auto used = *current - std::min(*current, cache);
    return *limit - std::min(*limit, used);
}

unsigned coresOf(std::uint64_t quota, std::uint64_t period) {
    return static_cast<unsigned>(std::max<std::uint64_t>(1, quota / period));
}

/// CPUs by quota, version 2: "200000 100000" are two.
std::optional<unsigned> quotaIn(const fs::path& group) {
    std::ifstream text(group / "cpu.max");
    std::uint64_t quota = 0, period = 0;
    if (!(text >> quota >> period) || period == 0) return std::nullopt;
    return coresOf(quota, period);
}

/// Version 1; -1 is no quota.
std::optional<unsigned> oldQuotaIn(const fs::path& group) {
    std::ifstream text(group / "cpu.cfs_quota_us");
    std::int64_t quota = 0;
    const auto period = number(group / "cpu.cfs_period_us");
    if (!(text >> quota) || quota <= 0 || !period || *period == 0) return std::nullopt;
    return coresOf(static_cast<std::uint64_t>(quota), *period);
}

bool isOneOf(const std::string& list, const std::string& word) {
    std::istringstream words(list);
    for (std::string one; std::getline(words, one, ',');)
        if (one == word) return true;
    return false;
}

/// From the group itself up to its hierarchy's root. Where a container sees another root than its path begins at, only that
/// counts which is there.
void eachUpwards(const fs::path& top, fs::path group, const std::function<void(const fs::path&)>& look) {
    for (;; group = group.parent_path()) {
        look(top / group);
        if (group.empty()) return;
    }
}

}  // namespace

fs::path HostResources::cgroup(const std::string& controller) const {
    // "0::/user.slice/session-1.scope" of version 2, "4:cpu,cpuacct:/docker/1234" of version 1: cgroups(7)
    std::ifstream lines(root_ / "proc/self/cgroup");
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(":/", first + 1);
        if (second == std::string::npos) continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        if (controller.empty() ? controllers.empty() : isOneOf(controllers, controller)) return line.substr(second + 2);
    }
    return {};
}

std::uint64_t HostResources::availableMemory() const {
    auto available = valueOf(root_ / "proc/meminfo", "MemAvailable:").value_or(0) * 1024;
    const auto look = [&](const Memory& names) {
        return [&available, &names](const fs::path& group) {
            if (const auto left = leftIn(group, names)) available = std::min(available, *left);
        };
    };
    const auto top = root_ / "sys/fs/cgroup";
    eachUpwards(top, cgroup(""), look(version2));
    eachUpwards(top / "memory", cgroup("memory"), look(version1));
    return available;
}

unsigned HostResources::cores() const {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    auto cores = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? static_cast<unsigned>(CPU_COUNT(&allowed)) : 1U;
    const auto top = root_ / "sys/fs/cgroup";
    eachUpwards(top, cgroup(""), [&](const fs::path& group) { cores = std::min(cores, quotaIn(group).value_or(cores)); });
    eachUpwards(top / "cpu", cgroup("cpu"),
                [&](const fs::path& group) { cores = std::min(cores, oldQuotaIn(group).value_or(cores)); });
    return std::max(1U, cores);
}

}  // namespace boxtest
