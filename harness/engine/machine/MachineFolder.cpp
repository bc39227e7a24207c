#include "machine/MachineFolder.hpp"

#include <fmt/format.h>
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
#include "base/Files.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// Longest path, in bytes, that Machine accepts: sockets are in the folder.
constexpr std::size_t longestPath = 96;

constexpr auto listBudget = std::chrono::seconds(30);
/// Prefix of the name of a folder that its owner is removing.
constexpr auto goingPrefix = ".going.";

Lease::LockFile lockIn(const fs::path& folder) { return {.path = folder / "lock"}; }

fs::path parentFolder() {
    auto parent = cacheFolder() / "machines";
    if (parent.string().size() + 8 > longestPath) parent = makeRuntimeFolder() / "machines";
    makePrivateFolder(parent);
    return parent;
}

bool belongsToAnother(const fs::path& folder) {
    struct stat found {};
    return ::geteuid() != 0 && ::lstat(folder.c_str(), &found) == 0 && found.st_uid != ::geteuid();
}

/// Removes folders whose owner has ended. The caller holds the parent's lock, so that no folder is being created. Other folders
/// may disappear meanwhile.
void removeStaleFolders(const fs::path& parent, Log& log) {
    for (const auto& folder : entriesOf(parent)) {
        std::error_code failed;
        if (!fs::is_directory(folder, failed) || fs::is_symlink(folder, failed)) continue;
        if (belongsToAnother(folder)) {
            log.line(fmt::format("'{}' belongs to another user and is ignored", folder.string()));
            continue;
        }
        if (folder.filename().string().starts_with(goingPrefix)) {
            // Its owner is removing it, or was killed while it removed it.
            fs::remove_all(folder, failed);
            continue;
        }
        const auto alone = Lease::tryTake(lockIn(folder), Lease::Kind::exclusive);
        if (!alone || !*alone) continue;
        const auto removed = fs::remove_all(folder, failed);
        if (failed) {
            log.line(fmt::format("cannot remove '{}', left by a machine that was killed: {}", folder.string(), failed.message()));
        } else if (removed > 0) {
            log.line(fmt::format("removed '{}', left by a machine that was killed", folder.string()));
        }
    }
}

}  // namespace

MachineFolder::MachineFolder(fs::path path, Lease lease) : path_(std::move(path)), lease_(std::move(lease)) {}

MachineFolder::MachineFolder(MachineFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lease_(std::move(other.lease_)) {}

MachineFolder MachineFolder::make(Log& log) {
    const auto parent = parentFolder();
    const auto all = Lease::wait(lockIn(parent), Lease::Kind::exclusive,
                                 fmt::format("another boxtest that holds '{}'", lockIn(parent).path.string()), log, nullptr,
                                 Deadline::in(listBudget));
    removeStaleFolders(parent, log);
    auto pattern = (parent / "XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw SystemError(fmt::format("cannot make a folder for the machine '{}'", pattern), errno);
    auto lease = Lease::tryTake(lockIn(pattern), Lease::Kind::exclusive);
    if (!lease || !*lease) throw SystemError(fmt::format("cannot lock '{}'", pattern), EWOULDBLOCK);
    return {pattern, std::move(*lease)};
}

MachineFolder::~MachineFolder() {
    if (path_.empty()) return;
    // Renamed first: without its lock file, other processes would treat it as a folder of a killed process.
    const auto going = path_.parent_path() / (goingPrefix + path_.filename().string());
    std::error_code failed;
    fs::rename(path_, going, failed);
    fs::remove_all(failed ? path_ : going, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot remove '%s': %s\n", path_.c_str(), failed.message().c_str());
}

fs::path MachineFolder::keptLogs() { return cacheFolder() / "last-machine"; }

void MachineFolder::keepLogs() const noexcept {
    try {
        const auto kept = keptLogs();
        NullLog quiet;
        const auto alone = Lease::wait({.path = kept.parent_path() / ".lock.last-machine"}, Lease::Kind::exclusive,
                                       "another boxtest that keeps logs", quiet, nullptr, Deadline::in(listBudget));
        files::removeAll(kept);
        makePrivateFolder(kept);
        for (const auto& file : files::entriesOf(path_))
            if (file.extension() == ".log") files::copyFile(file, kept / file.filename());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest: cannot keep the logs of '%s': %s\n", path_.c_str(), error.what());
    }
}

}  // namespace boxtest
