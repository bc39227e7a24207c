#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "schedule/HostResources.hpp"

namespace boxtest {

/// One thing that `boxtest doctor` has looked at.
struct Finding {
    enum class Level {
        good,
        doubtful,  ///< It works, but slowly, or not for everything.
        bad,       ///< A machine cannot be booted.
    };
    Level level = Level::good;
    std::string subject;
    std::string text;
    std::string advice;  ///< What to do about it; empty when it is good.
};

/// Whether a guest of so many MiB fits into what the host, or our control group, can give now.
Finding judgeMemory(const HostResources& host, std::int64_t guestMiB);

/// Whether there is room for what a machine, or the building of a guest, writes.
Finding judgeDisk(const std::filesystem::path& folder, std::int64_t freeMiB, bool guestIsBuilt);

/// A program of the host's: where it is, or what cannot be done without it.
Finding judgeProgram(const std::string& program, const std::string& neededFor, const std::string& package);

}  // namespace boxtest
