#pragma once

#include <cstdint>
#include <filesystem>

namespace boxtest {

/// What a folder takes on the disk with all that is in it, bytes; 0 when it cannot be looked at.
std::uintmax_t diskUsage(const std::filesystem::path& folder);

}  // namespace boxtest
