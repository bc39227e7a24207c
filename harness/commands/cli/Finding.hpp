#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "schedule/HostResources.hpp"

namespace boxtest {

/// Result of one check of `boxtest doctor`.
struct Finding {
    enum class Level {
        good,
        doubtful,  ///< It works, but slowly, or not for everything.
        bad,       ///< A machine cannot be booted.
    };
    Level level = Level::good;
    std::string subject;
    std::string text;
    std::string advice;  ///< What to do about it; empty for `good`.
};

/// Checks whether a guest with this much memory (MiB) fits into what the host and this process's control group have available.
Finding judgeMemory(const HostResources& host, std::int64_t guestMiB);

/// Checks whether there is disk space for a machine's overlay, or for building a guest.
Finding judgeDisk(const std::filesystem::path& folder, std::int64_t freeMiB, bool guestIsBuilt);

/// Checks a program on this host: its path, or what is impossible without it.
Finding judgeProgram(const std::string& program, const std::string& neededFor, const std::string& package);

}  // namespace boxtest
