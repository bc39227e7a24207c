#pragma once

#include <compare>
#include <filesystem>
#include <string>
#include <vector>

#include "store/Lease.hpp"

namespace boxtest {

/// What lies where in the cache, and what to lease of it:
///
///     guests/<id>/           a guest; its lock is guests/.lock.<id>, which the guest's build takes too
///     templates/<key>/       a template; templates/<key>.lock. .building.<key>/ is one that is being made
///     runs/<run>/            a run's reports; runs/<run>/lock. Of the list of runs: .lock.runs
///     runs/<run>/kept/.../   a kept machine: a folder with a kept.json, which is its own lock
///     imported/<name>/       a kept machine from elsewhere, alike; imported/.lock.<name> is held while it is unpacked
///     imported/.export.*/    what an export puts together, .import.*/ what an import unpacks; each its own lock
///
/// Nothing here knows what is in them.
namespace store {

std::filesystem::path guests();
std::filesystem::path templates();
std::filesystem::path runs();
std::filesystem::path imported();

/// The file in a kept machine's folder without which it is none. Written last and removed first.
constexpr auto keptFile = "kept.json";

Lease::LockFile guestLock(const std::filesystem::path& guest);
/// Wherever the store of templates lies.
Lease::LockFile templateLock(const std::filesystem::path& folderOfTemplates, const std::string& key);
Lease::LockFile runLock(const std::filesystem::path& run);
/// Exclusive, for a moment, of who makes a run's folder or takes old ones away.
Lease::LockFile listOfRunsLock();
Lease::LockFile keptLock(const std::filesystem::path& kept);
Lease::LockFile importLock(const std::string& name);

/// The thing of the cache that a file or folder lies in.
struct Thing {
    enum class Kind { none, guest, templateOf, kept } kind = Kind::none;
    std::filesystem::path folder = {};  ///< as it really is, without links

    Lease::LockFile lock() const;
    auto operator<=>(const Thing&) const = default;
};
/// Kind none for what lies elsewhere, a Nix store say: nobody removes that by boxtest.
Thing thingOf(const std::filesystem::path& inside);

/// A shared lease on the thing that it lies in; an empty one for what lies elsewhere. Throws UsageError when it is gone,
/// TimeoutError while somebody makes it, GuestError (the latch).
Lease use(const std::filesystem::path& inside, Log& log, const FailureLatch* failure, Deadline deadline);
/// On all things that these lie in, each once.
std::vector<Lease> useAll(const std::vector<std::filesystem::path>& inside, Log& log, const FailureLatch* failure,
                          Deadline deadline);

/// Whether this is asked for the first time in this cache: for what a person is told once. The name is made safe for a file's.
/// True also when that cannot be recorded.
bool isFirstTime(const std::string& name);

/// Folders with a kept.json, at any depth (a scenario's name may hold slashes). Throws as entriesOf().
std::vector<std::filesystem::path> keptBelow(const std::filesystem::path& folder);

}  // namespace store

}  // namespace boxtest
