#include "cli/RunFolder.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>

#include "base/Error.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t oldRuns = 10;

fs::path lockIn(const fs::path& run) { return run / "lock"; }

bool holdsAnything(const fs::path& folder) {
    std::error_code failed;
    const fs::directory_iterator entry(folder, failed);
    return !failed && entry != fs::directory_iterator();
}

bool keepsMachine(const fs::path& run) { return holdsAnything(run / "kept"); }

bool isInUse(const fs::path& run) {
    const FileDescriptor lock(::open(lockIn(run).c_str(), O_RDWR | O_CLOEXEC));
    return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
}

void removeOld(const fs::path& parent) {
    // Their names begin with the time.
    auto runs = entriesOf(parent);
    std::reverse(runs.begin(), runs.end());
    std::size_t plain = 0, withMachine = 0;
    for (const auto& run : runs) {
        auto& count = keepsMachine(run) ? withMachine : plain;
        if (++count <= oldRuns || isInUse(run)) continue;
        std::error_code failed;
        fs::remove_all(run, failed);
    }
}

}  // namespace

RunFolder::RunFolder() {
    const auto parent = cacheFolder() / "runs";
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    path_ = parent / fmt::format("{:%Y%m%d-%H%M%S}-{}", fmt::gmtime(now), ::getpid());
    makePrivateFolder(path_);
    lock_ = FileDescriptor(::open(lockIn(path_).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_ || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) throw SystemError("cannot lock '" + path_.string() + "'", errno);
    removeOld(parent);
}

RunFolder::~RunFolder() {
    std::error_code failed;
    bool worth = keepsMachine(path_) || holdsAnything(attachments());
    for (fs::directory_iterator entry(path_, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->is_regular_file(failed) && entry->file_size(failed) > 0) worth = true;
    if (!worth) fs::remove_all(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot tidy up '%s': %s\n", path_.c_str(), failed.message().c_str());
}

}  // namespace boxtest
