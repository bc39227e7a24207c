#include "machine/MachineFolder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

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

fs::path parentFolder() {
    auto parent = cacheFolder() / "machines";
    if (parent.string().size() + 8 > longestPath) parent = runtimeFolder() / "machines";
    fs::create_directories(parent);
    fs::permissions(parent, fs::perms::owner_all);
    return parent;
}

/// Folders whose owner is gone. The caller holds the parent's lock, so that no folder is just being made.
void removeStaleFolders(const fs::path& parent, Log& log) {
    for (const auto& entry : fs::directory_iterator(parent)) {
        if (!entry.is_directory() || entry.is_symlink()) continue;
        const auto lock = openLock(entry.path() / "lock");
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
        std::error_code failed;
        fs::remove_all(entry.path(), failed);
        log.line(failed ? fmt::format("cannot remove '{}', left by a machine that was killed: {}", entry.path().string(),
                                      failed.message())
                        : fmt::format("removed '{}', left by a machine that was killed", entry.path().string()));
    }
}

}  // namespace

MachineFolder::MachineFolder(fs::path path, FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

MachineFolder::MachineFolder(MachineFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

MachineFolder MachineFolder::make(Log& log) {
    const auto parent = parentFolder();
    const auto all = openLock(parent / "lock");
    const auto deadline = Deadline::in(std::chrono::seconds(30));
    while (::flock(all.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) throw SystemError(fmt::format("cannot lock '{}'", parent.string()), errno);
        if (deadline.expired())
            throw TimeoutError(fmt::format("timed out waiting for another boxtest that holds '{}'", (parent / "lock").string()));
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
    removeStaleFolders(parent, log);
    auto pattern = (parent / "XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw SystemError(fmt::format("cannot make a folder for the machine '{}'", pattern), errno);
    auto lock = openLock(fs::path(pattern) / "lock");
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) throw SystemError(fmt::format("cannot lock '{}'", pattern), errno);
    return {pattern, std::move(lock)};
}

MachineFolder::~MachineFolder() {
    if (path_.empty()) return;
    std::error_code failed;
    fs::remove_all(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot remove '%s': %s\n", path_.c_str(), failed.message().c_str());
}

fs::path MachineFolder::keptLogs() { return cacheFolder() / "last-machine"; }

void MachineFolder::keepLogs() const noexcept {
    try {
        const auto kept = keptLogs();
        fs::remove_all(kept);
        fs::create_directories(kept);
        fs::permissions(kept, fs::perms::owner_all);
        for (const auto& entry : fs::directory_iterator(path_))
            if (entry.path().extension() == ".log") fs::copy_file(entry.path(), kept / entry.path().filename());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest: cannot keep the logs of '%s': %s\n", path_.c_str(), error.what());
    }
}

}  // namespace boxtest
