#pragma once

#include <filesystem>

namespace boxtest {

/// Where a file or folder of a cache ("templates/KEY/...", "guests/ID/...") that was recorded by its absolute path lies now:
/// below `cache`, if it is there (a cache may be moved, or restored elsewhere, as a whole), else where it was. Whether it is the
/// same one is for the caller to check.
std::filesystem::path placeInCache(const std::filesystem::path& recorded, const std::filesystem::path& cache);

}  // namespace boxtest
