#include "template/CacheInventory.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "keeper/KeeperClient.hpp"
#include "store/DiskUsage.hpp"
#include "store/GuestStore.hpp"
#include "store/HolderNote.hpp"
#include "store/StagingFolder.hpp"
#include "store/Store.hpp"
#include "template/KeptStore.hpp"
#include "template/TemplateRecord.hpp"
#include "template/TemplateStore.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

std::chrono::system_clock::time_point timeOf(const fs::path& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return {};
    return std::chrono::system_clock::from_time_t(found.st_mtim.tv_sec);
}

fs::path realPath(const fs::path& path) {
    std::error_code failed;
    auto known = fs::canonical(path, failed);
    return failed ? path : known;
}

/// Empty when there is no guest.
fs::path guestOfToday() {
    try {
        return realPath(findGuest({}));
    } catch (const Error&) {
        return {};
    }
}

/// Why a thing is kept when a kept machine that cannot be read may depend on it.
constexpr auto standsPerhaps = "a kept machine that cannot be read may stand on it: boxtest keep list";

CacheItem templateItem(const GuestHooks& hooks, const std::string& key, const TemplateStore& templates, const fs::path& today) {
    CacheItem item{.kind = "template", .state = "building", .key = key, .folder = templates.pathOf(key)};
    if (!files::exists(item.folder)) {
        item.folder = templates.buildingOf(key);
    } else {
        try {
            const auto record = TemplateRecord::load(item.folder);
            item.today = !today.empty() && realPath(record.guestFolder) == today;
            const auto* const whole = record.stage() == TemplateStage::ready ? "ready" : "frozen";
            item.after = record.after();
            item.state = record.damage(item.folder, hooks.load(record.guestFolder)) ? "broken" : whole;
        } catch (const Error&) {
            item.state = "broken";
        }
    }
    if (const auto alone = templates.tryLockExclusive(key); !alone) {
        item.needed = "in use";
    } else if (item.state == "building") {
        // The process that was building it has ended.
        item.state = "broken";
    }
    return item;
}

/// nullopt when a kept machine cannot be read: the dependencies are unknown then.
std::optional<std::set<store::Thing>> supportsOrNothing() {
    if (!KeptStore::unreadable().empty()) return std::nullopt;
    return KeptStore::supports();
}

/// A keeper holds a lease, but a keeper of the previous version holds none on its guest.
std::set<fs::path> guestsThatAreUp() {
    NullLog quiet;
    try {
        if (auto keeper = KeeperClient::connect(runtimeFolder(), quiet))
            return {realPath(keeper->status(Deadline::in(std::chrono::seconds(10))).guestFolder)};
    } catch (const Error&) {
        // The keeper is ending.
    }
    return {};
}

/// The guest of a template; empty when the template's record cannot be read.
fs::path guestOf(const fs::path& folder) {
    try {
        return realPath(TemplateRecord::load(folder).guestFolder);
    } catch (const Error&) {
        return {};
    }
}

/// Removes plain states of machines that were packed while they were in use, and leftovers of killed exports and imports.
void tidyKept(Log& log) {
    for (const auto& kept : KeptStore::all()) {
        try {
            dropPlainState(kept.folder);
        } catch (const Error& error) {
            log.line(error.what());
        }
    }
    if (const auto freed = StagingFolder::removeLeft(); freed > 0)
        log.line(fmt::format("removed leftovers of killed exports and imports: {} MiB", freed >> 20));
}

}  // namespace

CacheInventory CacheInventory::take(const GuestHooks& hooks) {
    CacheInventory inventory;
    auto& items = inventory.items_;
    const auto today = guestOfToday();
    for (const auto& kept : KeptStore::all())
        items.push_back(
            {.kind = "kept", .state = "", .key = kept.templateKey, .folder = kept.folder, .needed = "boxtest keep remove"});
    const auto supports = supportsOrNothing();
    const auto stands = [&supports](const fs::path& folder) -> std::string {
        if (!supports) return standsPerhaps;
        return supports->contains(store::thingOf(folder)) ? "a kept machine stands on it" : "";
    };
    const auto templates = store::templates();
    auto guestsInUse = guestsThatAreUp();
    if (files::exists(templates)) {
        const TemplateStore all(templates);
        for (const auto& key : TemplateStore::keys(templates)) {
            auto item = templateItem(hooks, key, all, today);
            if (item.needed.empty()) item.needed = stands(item.folder);
            // A process of the previous version holds a lease on the template only.
            if (!item.needed.empty() && (item.state == "frozen" || item.state == "ready"))
                guestsInUse.insert(guestOf(item.folder));
            items.push_back(std::move(item));
        }
    }
    for (const auto& entry : entriesOf(store::guests())) {
        std::error_code gone;
        if (fs::is_symlink(entry, gone) || !files::isFolder(entry) || entry.filename().string().starts_with('.')) continue;
        CacheItem item{.kind = "guest", .state = "", .key = "", .folder = entry};
        const auto path = realPath(entry);
        item.today = path == today;
        item.needed = stands(path);
        if (item.today) item.needed = "today's";
        if (guestsInUse.contains(path) || !Lease::tryTake(store::guestLock(entry), Lease::Kind::exclusive))
            item.needed = "in use, or its template is";
        items.push_back(std::move(item));
    }
    for (auto& item : items) {
        item.bytes = diskUsage(item.folder);
        item.when = timeOf(item.folder);
    }
    return inventory;
}

bool CacheInventory::remove(const CacheItem& item, Log& log) {
    const auto lock =
        item.kind == "template" ? store::templateLock(item.folder.parent_path(), item.key) : store::guestLock(item.folder);
    const auto alone = Lease::tryTake(lock, Lease::Kind::exclusive);
    if (!alone || !*alone) return false;
    // Checked again: under the exclusive lease no new kept machine can depend on it.
    const auto supports = supportsOrNothing();
    if (!supports || supports->contains(store::thingOf(item.folder))) return false;
    if (item.kind == "guest" && realPath(item.folder) == guestOfToday()) return false;
    std::error_code failed;
    // Of a process that was killed while it built the template.
    fs::remove(HolderNote::besideOf(lock.path), failed);
    // First the file that makes it complete: a half-removed folder is then neither a guest nor a template.
    fs::remove(item.folder / (item.kind == "guest" ? "guest.json" : TemplateRecord::fileName), failed);
    if (!failed) fs::remove_all(item.folder, failed);
    if (failed) log.line(fmt::format("cannot remove '{}': {}", item.folder.string(), failed.message()));
    return !failed;
}

std::vector<CacheItem> CacheInventory::prune(bool all, Log& log) const {
    std::vector<CacheItem> removed;
    for (const auto& item : items_) {
        if (!item.needed.empty() || (item.today && item.state == "frozen" && !all)) continue;
        if (remove(item, log)) removed.push_back(item);
    }
    tidyKept(log);
    return removed;
}

void CacheInventory::removeUnneeded(const fs::path& templateFolder, Log& log) {
    // remove() checks that it is not in use, and that no kept machine depends on it.
    remove({.kind = "template", .key = templateFolder.filename().string(), .folder = templateFolder}, log);
}

}  // namespace boxtest
