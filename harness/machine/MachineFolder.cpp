#include "machine/MachineFolder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// What Machine needs for the socket in it.
constexpr std::size_t longestPath = 96;

FileDescriptor openLock(const fs::path& file) {
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) throw SystemError(fmt::format("cannot open '{}'", file.string()), errno);
    return lock;
}

fs::path lockIn(const fs::path& folder) { return folder / "lock"; }

fs::path parentFolder() {
    auto parent = cacheFolder() / "machines";
    if (parent.string().size() + 8 > longestPath) parent = runtimeFolder() / "machines";
    makePrivateFolder(parent);
    return parent;
}

/// Whether it is a folder whose owner is gone. Never makes a lock in it: its owner may just be removing it.
bool isStale(const fs::path& folder) {
    std::error_code failed;
    if (!fs::is_directory(fs::symlink_status(folder, failed))) return false;
    const FileDescriptor lock(::open(lockIn(folder).c_str(), O_RDWR | O_CLOEXEC));
    if (lock) return ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
    // Without a lock: it was left between two steps of its making, or of its removal, which ends with the lock.
    return errno == ENOENT;
}

bool belongsToAnother(const fs::path& folder) {
    struct stat found {};
    return ::geteuid() != 0 && ::lstat(folder.c_str(), &found) == 0 && found.st_uid != ::geteuid();
}

/// Folders whose owner is gone. The caller holds the parent's lock, so that no folder is just being made. Others may go
/// meanwhile.
void removeStaleFolders(const fs::path& parent, Log& log) {
    for (const auto& folder : entriesOf(parent)) {
        if (belongsToAnother(folder)) {
            log.line(fmt::format("'{}' belongs to another user, and is passed by", folder.string()));
            continue;
        }
        if (!isStale(folder)) continue;
        std::error_code failed;
        const auto removed = fs::remove_all(folder, failed);
        if (failed) {
            log.line(fmt::format("cannot remove '{}', left by a machine that was killed: {}", folder.string(), failed.message()));
        } else if (removed > 0) {
            log.line(fmt::format("removed '{}', left by a machine that was killed", folder.string()));
        }
    }
}

/// All that is in it, its lock last: whoever finds it half removed sees that it is in use.
void removeFolder(const fs::path& folder, std::error_code& failed) {
    for (const auto& entry : entriesOf(folder)) {
        if (entry == lockIn(folder)) continue;
        fs::remove_all(entry, failed);
        if (failed) return;
    }
    fs::remove_all(folder, failed);
}

}  // namespace

MachineFolder::MachineFolder(fs::path path, FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

MachineFolder::MachineFolder(MachineFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

MachineFolder MachineFolder::make(Log& log) {
    const auto parent = parentFolder();
    const auto all = openLock(lockIn(parent));
    const auto deadline = Deadline::in(std::chrono::seconds(30));
    while (::flock(all.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) throw SystemError(fmt::format("cannot lock '{}'", parent.string()), errno);
        if (deadline.expired())
            throw TimeoutError(fmt::format("timed out waiting for another boxtest that holds '{}'", lockIn(parent).string()));
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
    removeStaleFolders(parent, log);
    auto pattern = (parent / "XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw SystemError(fmt::format("cannot make a folder for the machine '{}'", pattern), errno);
    auto lock = openLock(lockIn(pattern));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) throw SystemError(fmt::format("cannot lock '{}'", pattern), errno);
    return {pattern, std::move(lock)};
}

MachineFolder::~MachineFolder() {
    if (path_.empty()) return;
    std::error_code failed;
    removeFolder(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot remove '%s': %s\n", path_.c_str(), failed.message().c_str());
}

fs::path MachineFolder::keptLogs() { return cacheFolder() / "last-machine"; }

void MachineFolder::keepLogs() const noexcept {
    try {
        const auto kept = keptLogs();
        fs::remove_all(kept);
        makePrivateFolder(kept);
        for (const auto& entry : entriesOf(path_))
            if (entry.extension() == ".log") fs::copy_file(entry, kept / entry.filename());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest: cannot keep the logs of '%s': %s\n", path_.c_str(), error.what());
    }
}

}  // namespace boxtest
