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

/// A lock on one thing in the store (a guest, a template, a kept machine, a run's folder): shared by those who use it, exclusive
/// for who makes, replaces or removes it. It ends with the object, and with the process, however that dies.
///
/// The protocol, for all kinds alike:
/// - A lease is a flock(2) on the thing's lock file (LockFile says where that is). Descriptors are closed on exec, so that no
///   child holds one. A thing is made, replaced and removed under an exclusive lease only, and nothing in it is read before a
///   shared one is held.
/// - A lock file is unlinked by nobody but a holder of an exclusive lease on it, if at all. So whoever has locked a file looks
///   whether its path still leads to it: if not, the lock is of a thing that was removed meanwhile, and the taker starts over.
/// - Having a lease says nothing about the thing itself: look at it only then, whatever was seen before.
/// - Users wait for makers until their deadline. Removers never wait: what is in use stays.
/// - Who takes several takes them in this order: run, kept machine, guest, template. One process may hold a shared lease twice;
///   an exclusive one excludes its own process's others too. A shared one is not made exclusive: let it go, take the other, look
///   again. Meanwhile somebody else may have made the thing and use it for hours: wait for the exclusive one only as long as
///   the thing is still to be made (waitUnless).
class Lease {
   public:
    enum class Kind { shared, exclusive };

    /// Where the lock of a thing is.
    struct LockFile {
        std::filesystem::path path;
        /// The path is the thing itself, a folder: the lock is there as long as the thing is. Else it is a file, made when
        /// missing.
        bool isThing = false;
    };

    Lease() = default;
    explicit operator bool() const { return static_cast<bool>(fd_); }
    void release() { fd_.reset(); }

    /// Waits as long as somebody else's lease excludes this one. `whom`: for the log and messages, "another boxtest that builds
    /// the template". An empty lease when there is nothing to lock: the thing that is its own lock is gone, or the folder that
    /// the lock file would lie in. Throws TimeoutError("timed out waiting for <whom>"), GuestError (the latch), SystemError.
    static Lease wait(const LockFile& lock, Kind kind, const std::string& whom, Log& log, const FailureLatch* failure,
                      Deadline deadline);

    /// As wait(), until `needless`, which is asked before each further try: then nothing. It is asked without a lease, so
    /// whoever was told so takes one and looks again.
    static std::optional<Lease> waitUnless(const LockFile& lock, Kind kind, const std::string& whom,
                                           const std::function<bool()>& needless, Log& log, const FailureLatch* failure,
                                           Deadline deadline);

    /// Nothing when somebody else's lease excludes this one, or when the lock is another user's, whom we cannot ask. Else as
    /// wait().
    static std::optional<Lease> tryTake(const LockFile& lock, Kind kind);

   private:
    explicit Lease(FileDescriptor fd) : fd_(std::move(fd)) {}
    FileDescriptor fd_;
};

}  // namespace boxtest
