#include "run/HostResources.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>
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

/// What one control group has left, as the kernel reckons MemAvailable: half of the active page cache can be had too.
std::optional<std::uint64_t> leftIn(const fs::path& group) {
    const auto limit = number(group / "memory.max");
    const auto current = number(group / "memory.current");
    if (!limit || !current) return std::nullopt;
    const auto statistics = group / "memory.stat";
    const auto cache = valueOf(statistics, "inactive_file").value_or(0) + valueOf(statistics, "active_file").value_or(0) / 2;
    const auto used = *current - std::min(*current, cache);
    return *limit - std::min(*limit, used);
}

/// CPUs by quota: "200000 100000" are two.
std::optional<unsigned> quotaIn(const fs::path& group) {
    std::ifstream text(group / "cpu.max");
    std::uint64_t quota = 0, period = 0;
    if (!(text >> quota >> period) || period == 0) return std::nullopt;
    return static_cast<unsigned>(std::max<std::uint64_t>(1, quota / period));
}

}  // namespace

fs::path HostResources::cgroup() const {
    // "0::/user.slice/session-1.scope", cgroups(7)
    std::ifstream lines(root_ / "proc/self/cgroup");
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("0::/")) return line.substr(4);
    return {};
}

std::uint64_t HostResources::availableMemory() const {
    auto available = valueOf(root_ / "proc/meminfo", "MemAvailable:").value_or(0) * 1024;
    const auto top = root_ / "sys/fs/cgroup";
    for (auto group = cgroup();; group = group.parent_path()) {
        if (const auto left = leftIn(top / group)) available = std::min(available, *left);
        if (group.empty()) return available;
    }
}

unsigned HostResources::cores() const {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    auto cores = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? static_cast<unsigned>(CPU_COUNT(&allowed)) : 1U;
    const auto top = root_ / "sys/fs/cgroup";
    for (auto group = cgroup();; group = group.parent_path()) {
        if (const auto quota = quotaIn(top / group)) cores = std::min(cores, *quota);
        if (group.empty()) return std::max(1U, cores);
    }
}

}  // namespace boxtest
