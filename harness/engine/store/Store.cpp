#include "store/Store.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"

namespace boxtest::store {

namespace fs = std::filesystem;

namespace {

/// Resolves symbolic links in the part of the path that exists.
fs::path realPath(const fs::path& path) {
    std::error_code failed;
    auto known = fs::weakly_canonical(path, failed);
    return failed ? path : known;
}

bool isThere(const fs::path& path) {
    std::error_code failed;
    return fs::exists(path, failed);
}

/// The direct child of `parent` that contains the path; empty when `parent` does not contain it.
fs::path childOf(const fs::path& parent, const fs::path& path) {
    const auto rest = path.lexically_relative(parent);
    if (rest.empty() || *rest.begin() == ".." || *rest.begin() == ".") return {};
    return parent / *rest.begin();
}

fs::path keptAround(const fs::path& top, fs::path path) {
    for (; path != top && path.has_relative_path(); path = path.parent_path())
        if (isThere(path / keptFile)) return path;
    return {};
}

std::string makerOf(Thing::Kind kind) {
    if (kind == Thing::Kind::guest) return "the build of the guest";
    if (kind == Thing::Kind::templateOf) return "another boxtest that builds the template";
    return "another boxtest that removes the kept machine";
}

std::string gone(const Thing& thing) {
    const auto name = thing.folder.string();
    if (thing.kind == Thing::Kind::guest)
        return fmt::format("the guest '{}' was removed meanwhile: build it again with ci/debian-guest/build", name);
    if (thing.kind == Thing::Kind::templateOf)
        return fmt::format("the template '{}' was removed meanwhile: boxtest template makes it again", name);
    return fmt::format("the kept machine '{}' was removed meanwhile", name);
}

}  // namespace

fs::path guests() { return cacheFolder() / "guests"; }
fs::path templates() { return cacheFolder() / "templates"; }
fs::path runs() { return cacheFolder() / "runs"; }
fs::path imported() { return cacheFolder() / "imported"; }

Lease::LockFile guestLock(const fs::path& guest) {
    return {.path = guest.parent_path() / (".lock." + guest.filename().string())};
}

Lease::LockFile templateLock(const fs::path& folderOfTemplates, const std::string& key) {
    return {.path = folderOfTemplates / (key + ".lock")};
}

Lease::LockFile runLock(const fs::path& run) { return {.path = run / "lock"}; }
Lease::LockFile listOfRunsLock() { return {.path = cacheFolder() / ".lock.runs"}; }
Lease::LockFile keptLock(const fs::path& kept) { return {.path = kept, .isThing = true}; }
Lease::LockFile importLock(const std::string& name) { return {.path = imported() / (".lock." + name)}; }

Lease::LockFile Thing::lock() const {
    if (kind == Kind::guest) return guestLock(folder);
    if (kind == Kind::templateOf) return templateLock(folder.parent_path(), folder.filename().string());
    return keptLock(folder);
}

Thing thingOf(const fs::path& inside) {
    const auto path = realPath(inside);
    using Kind = Thing::Kind;
    for (const auto& [kind, parent] : {std::pair(Kind::guest, guests()), std::pair(Kind::templateOf, templates())})
        if (auto child = childOf(realPath(parent), path); !child.empty() && !child.filename().string().starts_with('.'))
            return {kind, std::move(child)};
    for (const auto& parent : {runs(), imported()}) {
        const auto top = realPath(parent);
        if (childOf(top, path).empty()) continue;
        if (auto kept = keptAround(top, path); !kept.empty()) return {Kind::kept, std::move(kept)};
    }
    return {};
}

Lease use(const fs::path& inside, Log& log, const FailureLatch* failure, Deadline deadline) {
    const auto thing = thingOf(inside);
    if (thing.kind == Thing::Kind::none) return {};
    // Checked before the lock, so that no lock file is created for a missing thing.
    if (!isThere(thing.folder)) throw UsageError(gone(thing));
    auto lease = Lease::wait(thing.lock(), Lease::Kind::shared, makerOf(thing.kind), log, failure, deadline);
    if (!lease || !isThere(thing.folder)) throw UsageError(gone(thing));
    return lease;
}

std::vector<Lease> useAll(const std::vector<fs::path>& inside, Log& log, const FailureLatch* failure, Deadline deadline) {
    std::vector<Lease> leases;
    std::vector<Thing> taken;
    for (const auto& path : inside) {
        auto thing = thingOf(path);
        if (thing.kind == Thing::Kind::none || std::find(taken.begin(), taken.end(), thing) != taken.end()) continue;
        leases.push_back(use(path, log, failure, deadline));
        taken.push_back(std::move(thing));
    }
    return leases;
}

bool isFirstTime(const std::string& name) {
    auto file = name;
    std::replace_if(
        file.begin(), file.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '-'; }, '_');
    std::error_code failed;
    fs::create_directories(cacheFolder() / "told", failed);
    const auto path = cacheFolder() / "told" / file;
    const FileDescriptor made(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    return made || errno != EEXIST;
}

std::vector<fs::path> keptBelow(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code failed;
    for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, failed), end;
         !failed && entry != end; entry.increment(failed))
        if (entry->path().filename() == keptFile) found.push_back(entry->path().parent_path());
    if (files::isOfTheHost(failed)) throw SystemError(fmt::format("cannot list '{}'", folder.string()), failed.value());
    return found;
}

}  // namespace boxtest::store
