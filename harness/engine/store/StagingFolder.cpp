#include "store/StagingFolder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "store/DiskUsage.hpp"
#include "store/Store.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

Lease::LockFile lockOf(const fs::path& staging) { return {.path = staging, .isThing = true}; }

bool isStaging(const fs::path& folder) {
    const auto name = folder.filename().string();
    return name.starts_with(".export.") || name.starts_with(".import.");
}

}  // namespace

StagingFolder::StagingFolder(const std::string& prefix) {
    const auto parent = store::imported();
    files::makeFolders(parent);
    // Between its creation and its lock another process may take it for the folder of a killed process: then try again.
    while (!lease_) {
        auto pattern = (parent / (prefix + ".XXXXXX")).string();
        if (!::mkdtemp(pattern.data())) throw SystemError(fmt::format("cannot make a folder '{}'", pattern), errno);
        if (auto taken = Lease::tryTake(lockOf(pattern), Lease::Kind::exclusive)) lease_ = std::move(*taken);
        path_ = pattern;
    }
}

StagingFolder::~StagingFolder() {
    std::error_code failed;
    fs::remove_all(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot remove '%s': %s\n", path_.c_str(), failed.message().c_str());
}

std::uintmax_t StagingFolder::removeLeft() {
    std::uintmax_t freed = 0;
    for (const auto& folder : entriesOf(store::imported())) {
        if (!isStaging(folder)) continue;
        const auto alone = Lease::tryTake(lockOf(folder), Lease::Kind::exclusive);
        if (!alone || !*alone) continue;
        const auto size = diskUsage(folder);
        std::error_code left;
        fs::remove_all(folder, left);
        if (!left) freed += size;
    }
    return freed;
}

}  // namespace boxtest
