#include "cli/RunFolder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <vector>

#include "base/Folders.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t keptRuns = 10;

void removeOld(const fs::path& parent) {
    std::vector<fs::path> runs;
    for (const auto& entry : fs::directory_iterator(parent)) runs.push_back(entry.path());
    // Their names begin with the time.
    std::sort(runs.rbegin(), runs.rend());
    for (std::size_t i = keptRuns; i < runs.size(); ++i) {
        std::error_code failed;
        fs::remove_all(runs[i], failed);
    }
}

}  // namespace

RunFolder::RunFolder() {
    const auto parent = cacheFolder() / "runs";
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    path_ = parent / fmt::format("{:%Y%m%d-%H%M%S}-{}", fmt::gmtime(now), ::getpid());
    fs::create_directories(path_);
    fs::permissions(path_, fs::perms::owner_all);
    removeOld(parent);
}

RunFolder::~RunFolder() {
    std::error_code failed;
    if (fs::is_empty(path_, failed) || (fs::exists(output(), failed) && fs::file_size(output(), failed) == 0))
        fs::remove_all(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot tidy up '%s': %s\n", path_.c_str(), failed.message().c_str());
}

}  // namespace boxtest
