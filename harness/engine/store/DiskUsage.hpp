#pragma once

#include <cstdint>
#include <filesystem>

namespace boxtest {

/// The disk space, in bytes, of everything in a folder; 0 when the folder cannot be read.
std::uintmax_t diskUsage(const std::filesystem::path& folder);

}  // namespace boxtest
