#pragma once

#include <compare>
#include <filesystem>
#include <string>
#include <vector>

#include "store/Lease.hpp"

namespace boxtest {

/// The layout of the cache, and the lock of each thing in it:
///
///     guests/<id>/           a guest; its lock is guests/.lock.<id>, which the guest's build takes too
///     templates/<key>/       a template; its lock is templates/<key>.lock. .building.<key>/: a template that is being built
///     runs/<run>/            a run's reports; its lock is runs/<run>/lock. The lock of the list of runs is .lock.runs
///     runs/<run>/kept/.../   a kept machine: a folder with a kept.json; the folder is its own lock
///     imported/<name>/       an imported kept machine, also its own lock; imported/.lock.<name> is held during the import
///     imported/.export.*/    an export that is being assembled; .import.*/: an unpacked import; each is its own lock
///
/// This code does not depend on the content of the things.
namespace store {

std::filesystem::path guests();
std::filesystem::path templates();
std::filesystem::path runs();
std::filesystem::path imported();

/// The file that makes a folder a kept machine. Written last and removed first.
constexpr auto keptFile = "kept.json";

Lease::LockFile guestLock(const std::filesystem::path& guest);
/// For any store of templates, not only the one in the cache.
Lease::LockFile templateLock(const std::filesystem::path& folderOfTemplates, const std::string& key);
Lease::LockFile runLock(const std::filesystem::path& run);
/// Held exclusively, for a short time, by a process that creates a run's folder or removes old ones.
Lease::LockFile listOfRunsLock();
Lease::LockFile keptLock(const std::filesystem::path& kept);
Lease::LockFile importLock(const std::string& name);

/// The thing in the cache that contains a file or folder.
struct Thing {
    enum class Kind { none, guest, templateOf, kept } kind = Kind::none;
    std::filesystem::path folder = {};  ///< real path, without symbolic links

    Lease::LockFile lock() const;
    auto operator<=>(const Thing&) const = default;
};
/// Kind none for a path outside the things of the cache, for example in a Nix store: boxtest never removes such a path.
Thing thingOf(const std::filesystem::path& inside);

/// Takes a shared lease on the thing that contains `inside`; an empty one for a path outside. Throws UsageError when the thing is
/// missing, TimeoutError while another process creates it, GuestError (the latch).
Lease use(const std::filesystem::path& inside, Log& log, const FailureLatch* failure, Deadline deadline);
/// Takes shared leases on all things that contain these paths, one for each thing.
std::vector<Lease> useAll(const std::vector<std::filesystem::path>& inside, Log& log, const FailureLatch* failure,
                          Deadline deadline);

/// True for the first call with this name in this cache: for messages that a user sees once. The name is made safe for a file
/// name. Also true when the call cannot be recorded.
bool isFirstTime(const std::string& name);

/// Folders with a kept.json, at any depth (a scenario's name may contain slashes). Throws as entriesOf().
std::vector<std::filesystem::path> keptBelow(const std::filesystem::path& folder);

}  // namespace store

}  // namespace boxtest
