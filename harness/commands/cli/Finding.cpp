#include "cli/Finding.hpp"

#include <fmt/format.h>

#include "base/RunProgram.hpp"

namespace boxtest {

namespace {

/// Memory for QEMU itself, the harness and psql, in addition to the guest's RAM.
constexpr std::int64_t besideGuestMiB = 512;
constexpr std::int64_t overlayMiB = 2048;
constexpr std::int64_t buildMiB = 16384;

}  // namespace

Finding judgeMemory(const HostResources& host, std::int64_t guestMiB) {
    const auto hostMiB = static_cast<std::int64_t>(host.availableMemory() >> 20);
    const auto needed = guestMiB + besideGuestMiB;
    const auto text = fmt::format("{} MiB available, a machine takes up to {} MiB", hostMiB, needed);
    if (hostMiB >= needed) return {Finding::Level::good, "memory", text, ""};
    return {Finding::Level::bad, "memory", text, "end other programs, or use a host with more memory"};
}

Finding judgeDisk(const std::filesystem::path& folder, std::int64_t freeMiB, bool guestIsBuilt) {
    const auto needed = guestIsBuilt ? overlayMiB : buildMiB;
    const auto text = fmt::format("{} MiB free for '{}', {} needs up to {} MiB", freeMiB, folder.string(),
                                  guestIsBuilt ? "a machine" : "building a guest", needed);
    if (freeMiB >= needed) return {Finding::Level::good, "disk", text, ""};
    return {Finding::Level::bad, "disk", text, "make room there, or set XDG_CACHE_HOME to a folder on a larger disk"};
}

Finding judgeProgram(const std::string& program, const std::string& neededFor, const std::string& package) {
    if (const auto path = findProgram(program)) return {Finding::Level::good, program, path->string(), ""};
    return {Finding::Level::doubtful, program, fmt::format("missing: {} needs it", neededFor),
            fmt::format("apt install {}", package)};
}

}  // namespace boxtest
