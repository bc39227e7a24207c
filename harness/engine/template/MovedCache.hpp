#pragma once

#include <filesystem>

namespace boxtest {

/// The current path of a file or folder of a cache ("templates/KEY/...", "guests/ID/...") that was recorded by its absolute path:
/// below `cache` if it exists there (a cache may be moved, or restored elsewhere, as a whole), else the recorded path. The caller
/// must check whether it is the recorded file.
std::filesystem::path placeInCache(const std::filesystem::path& recorded, const std::filesystem::path& cache);

}  // namespace boxtest
