#include "store/Lease.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "store/HolderNote.hpp"

namespace boxtest {

namespace {

constexpr auto pauseBetweenLocks = std::chrono::milliseconds(20);
constexpr auto pauseBetweenNotes = std::chrono::milliseconds(500);

/// Empty when there is nothing to lock.
FileDescriptor open(const Lease::LockFile& lock) {
    const int flags = lock.isThing ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT | O_NOFOLLOW;
    FileDescriptor fd(::open(lock.path.c_str(), flags | O_CLOEXEC, 0600));
    if (!fd && errno != ENOENT) throw SystemError(fmt::format("cannot open '{}'", lock.path.string()), errno);
    return fd;
}

/// False when the file was unlinked, or replaced by another file, before it was locked.
bool isStillThere(const FileDescriptor& fd, const std::filesystem::path& path) {
    struct stat locked {
    }, there{};
    return ::fstat(fd.get(), &locked) == 0 && ::stat(path.c_str(), &there) == 0 && locked.st_dev == there.st_dev &&
           locked.st_ino == there.st_ino;
}

/// False when another lock excludes this one.
bool tryLock(const FileDescriptor& fd, Lease::Kind kind, const std::filesystem::path& path) {
    while (::flock(fd.get(), (kind == Lease::Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) throw SystemError(fmt::format("cannot lock '{}'", path.string()), errno);
    }
    return true;
}

}  // namespace

std::optional<Lease> Lease::tryTake(const LockFile& lock, Kind kind) try {
    for (;;) {
        auto fd = open(lock);
        if (!fd) return Lease();
        if (!tryLock(fd, kind, lock.path)) return std::nullopt;
        if (isStillThere(fd, lock.path)) return Lease(std::move(fd));
    }
} catch (const SystemError& error) {
    if (error.errorNumber() != EACCES && error.errorNumber() != EPERM) throw;
    return std::nullopt;
}

Lease Lease::wait(const LockFile& lock, Kind kind, const std::string& whom, Log& log, const FailureLatch* failure,
                  Deadline deadline) {
    return std::move(waitUnless(
                         lock, kind, whom, [] { return false; }, log, failure, deadline))
        .value();
}

std::optional<Lease> Lease::waitUnless(const LockFile& lock, Kind kind, const std::string& whom,
                                       const std::function<bool()>& needless, Log& log, const FailureLatch* failure,
                                       Deadline deadline) {
    const auto begun = std::chrono::steady_clock::now();
    std::optional<std::chrono::steady_clock::time_point> asked;
    std::string holder;
    for (;;) {
        auto fd = open(lock);
        if (!fd) return Lease();
        while (!tryLock(fd, kind, lock.path)) {
            if (needless()) return std::nullopt;
            if (deadline.expired()) throw TimeoutError(fmt::format("timed out waiting for {}", whom));
            const auto now = std::chrono::steady_clock::now();
            if (!asked || now - *asked >= pauseBetweenNotes) {
                asked = now;
                holder = lock.isThing ? "" : HolderNote::readBeside(lock.path);
            }
            log.waiting(whom + holder, now - begun);
            pauseBetweenTries(pauseBetweenLocks, deadline, failure);
        }
        if (isStillThere(fd, lock.path)) return Lease(std::move(fd));
    }
}

}  // namespace boxtest
