#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// A lock on one thing in the store (a guest, a template, a kept machine, a run's folder): shared for users, exclusive for code
/// that creates, replaces or removes the thing. It ends with the object, and with the process, even if the process is killed.
///
/// The protocol for all kinds of things:
/// - A lease is a flock(2) on the thing's lock file (see LockFile). Descriptors are closed on exec, so that no child holds one. A
///   thing is created, replaced and removed only under an exclusive lease, and nothing in it is used before a shared lease is
///   held. (An overview of the cache reads records without leases: what it shows may be gone a moment later.)
/// - Only the holder of an exclusive lease may unlink the lock file. So after locking a file, a process checks that the path
///   still leads to that file: if not, the thing was removed meanwhile, and the process starts over.
/// - A lease guarantees nothing about the thing itself: examine the thing after taking the lease, even if it was examined before.
/// - Users wait for creators until their deadline. Removers never wait: a thing in use stays.
/// - Several leases are taken in this order: run, kept machine, guest, template. A template that exists is leased before its
///   guest, whose folder its record names. One process may hold a shared lease twice; an
///   exclusive lease also excludes other leases of its own process. A shared lease is not upgraded: release it, take the
///   exclusive lease, and examine the thing again. Another process may meanwhile have created the thing and use it for hours:
///   wait for the exclusive lease only as long as the thing must still be created (waitUnless).
class Lease {
   public:
    enum class Kind { shared, exclusive };

    /// The place of a thing's lock.
    struct LockFile {
        std::filesystem::path path;
        /// True: the path is the thing itself, a folder, and the lock exists as long as the thing. False: the path is a file,
        /// created when it is missing.
        bool isThing = false;
    };

    Lease() = default;
    explicit operator bool() const { return static_cast<bool>(fd_); }
    void release() { fd_.reset(); }

    /// Waits as long as another lease excludes this one. `whom`: for the log and messages, "another boxtest that builds the
    /// template". Returns an empty lease when there is nothing to lock: a thing that is its own lock is missing, or the folder of
    /// the lock file is missing. Throws TimeoutError("timed out waiting for <whom>"), GuestError (the latch), SystemError.
    static Lease wait(const LockFile& lock, Kind kind, const std::string& whom, Log& log, const FailureLatch* failure,
                      Deadline deadline);

    /// Like wait(), but returns nullopt once `needless` returns true. `needless` is called before each further attempt, without a
    /// lease: after nullopt the caller must take a lease and examine the thing again.
    static std::optional<Lease> waitUnless(const LockFile& lock, Kind kind, const std::string& whom,
                                           const std::function<bool()>& needless, Log& log, const FailureLatch* failure,
                                           Deadline deadline);

    /// Does not wait: returns nullopt when another lease excludes this one, or when the lock belongs to another user and cannot
    /// be opened. Otherwise like wait().
    static std::optional<Lease> tryTake(const LockFile& lock, Kind kind);

   private:
    explicit Lease(FileDescriptor fd) : fd_(std::move(fd)) {}
    FileDescriptor fd_;
};

}  // namespace boxtest
