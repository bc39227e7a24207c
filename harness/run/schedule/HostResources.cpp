#include "schedule/HostResources.hpp"

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

/// The number after a word at the beginning of a line, whatever white space is between them.
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

/// File and field names of a version of control groups. In version 1, only fields that begin with "total_" include child groups.
struct MemoryNames {
    const char* limit;
    const char* current;
    const char* inactive;
    const char* active;
};
constexpr MemoryNames memoryNames1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "total_active_file"};
constexpr MemoryNames memoryNames2{"memory.max", "memory.current", "inactive_file", "active_file"};

/// Memory that a control group has left, by the kernel's formula for MemAvailable: half of the active page cache counts as free.
std::optional<std::uint64_t> leftIn(const fs::path& group, const MemoryNames& names) {
    const auto limit = number(group / names.limit);
    const auto current = number(group / names.current);
    if (!limit || !current) return std::nullopt;
    const auto statistics = group / "memory.stat";
    const auto cache = valueOf(statistics, names.inactive).value_or(0) + valueOf(statistics, names.active).value_or(0) / 2;
    const auto used = *current - std::min(*current, cache);
    return *limit - std::min(*limit, used);
}

unsigned wholeCpus(std::uint64_t quota, std::uint64_t period) {
    return static_cast<unsigned>(std::max<std::uint64_t>(1, quota / period));
}

/// CPU quota, version 2: "200000 100000" means two CPUs.
std::optional<unsigned> quota2In(const fs::path& group) {
    std::ifstream text(group / "cpu.max");
    std::uint64_t quota = 0, period = 0;
    if (!(text >> quota >> period) || period == 0) return std::nullopt;
    return wholeCpus(quota, period);
}

/// CPU quota, version 1: -1 means no quota.
std::optional<unsigned> quota1In(const fs::path& group) {
    std::int64_t quota = 0;
    if (!(std::ifstream(group / "cpu.cfs_quota_us") >> quota) || quota <= 0) return std::nullopt;
    const auto period = number(group / "cpu.cfs_period_us");
    if (!period || *period == 0) return std::nullopt;
    return wholeCpus(static_cast<std::uint64_t>(quota), *period);
}

/// Calls `visit` with the folder of a group and of each parent.
template <typename Visit>
void forGroupAndAbove(const fs::path& top, fs::path group, const Visit& visit) {
    for (;; group = group.parent_path()) {
        visit(top / group);
        if (group.empty()) return;
    }
}

}  // namespace

std::vector<HostResources::Group> HostResources::groups(const std::string& controller) const {
    const auto mounted = root_ / "sys/fs/cgroup";
    std::vector<Group> found;
    // cgroups(7): "0::/user.slice/session-1.scope" is version 2; "4:cpu,cpuacct:/job" is version 1, which has one mount per such
    // list.
    std::ifstream lines(root_ / "proc/self/cgroup");
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(':');
        const auto second = line.find(":/", first == std::string::npos ? first : first + 1);
        if (second == std::string::npos) continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        const fs::path group = line.substr(second + 2);
        if (controllers.empty()) {
            // On a host that also uses version 1, version 2 is mounted one folder further down.
            for (const auto& top : {mounted, mounted / "unified"}) found.push_back({2, top, group});
        } else if (("," + controllers + ",").find("," + controller + ",") != std::string::npos) {
            for (const auto& top : {mounted / controllers, mounted / controller}) found.push_back({1, top, group});
        }
    }
    // In a container the list may contain the host's paths, or be empty: use the mounted groups in that case.
    if (found.empty()) found = {{2, mounted, {}}, {1, mounted / controller, {}}};
    return found;
}

std::uint64_t HostResources::availableMemory() const {
    auto available = valueOf(root_ / "proc/meminfo", "MemAvailable:").value_or(0) * 1024;
    for (const auto& [version, top, own] : groups("memory")) {
        const auto& names = version == 1 ? memoryNames1 : memoryNames2;
        forGroupAndAbove(top, own, [&](const fs::path& group) {
            if (const auto left = leftIn(group, names)) available = std::min(available, *left);
        });
    }
    return available;
}

unsigned HostResources::cores() const {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    auto cores = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? static_cast<unsigned>(CPU_COUNT(&allowed)) : 1U;
    for (const auto& [version, top, own] : groups("cpu"))
        forGroupAndAbove(top, own, [&, version = version](const fs::path& group) {
            if (const auto quota = version == 1 ? quota1In(group) : quota2In(group)) cores = std::min(cores, *quota);
        });
    return std::max(1U, cores);
}

}  // namespace boxtest
