#include "template/CacheInventory.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "guest/GuestStore.hpp"
#include "machine/KeeperClient.hpp"
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

CacheItem templateItem(const std::string& key, const TemplateStore& store, const fs::path& today) {
    CacheItem item{.kind = "template", .state = "building", .key = key, .folder = store.pathOf(key)};
    if (!fs::exists(item.folder)) {
        item.folder = store.buildingOf(key);
    } else {
        try {
            const auto record = TemplateRecord::load(item.folder);
            item.today = !today.empty() && realPath(record.guestFolder) == today;
            const auto* const whole = record.stage() == TemplateStage::ready ? "ready" : "frozen";
            item.state = record.damage(item.folder, Manifest::load(record.guestFolder)) ? "broken" : whole;
        } catch (const Error&) {
            item.state = "broken";
        }
    }
    if (!store.tryLockExclusive(key)) {
        item.needed = "in use";
    } else if (item.state == "building") {
        // Whoever made it is gone.
        item.state = "broken";
    }
    return item;
}

}  // namespace

CacheInventory CacheInventory::take() {
    CacheInventory inventory;
    auto& items = inventory.items_;
    const auto today = guestOfToday();
    std::set<fs::path> supports;
    for (const auto& kept : KeptStore::all()) {
        items.push_back(
            {.kind = "kept", .state = "", .key = kept.templateKey, .folder = kept.folder, .needed = "boxtest keep remove"});
        for (const auto& one : kept.support) supports.insert(realPath(one.image.file.parent_path()));
        if (kept.ramFacts) supports.insert(realPath(kept.ram.parent_path()));
        if (!kept.support.empty()) supports.insert(realPath(kept.guestFolder));
    }
    const auto templates = cacheFolder() / "templates";
    std::set<fs::path> guestsInUse;
    NullLog quiet;
    if (auto keeper = KeeperClient::connect(runtimeFolder(), quiet))
        guestsInUse.insert(realPath(keeper->status(Deadline::in(std::chrono::seconds(10))).guestFolder));
    if (fs::exists(templates)) {
        const TemplateStore store(templates);
        for (const auto& key : TemplateStore::keys(templates)) {
            auto item = templateItem(key, store, today);
            if (item.needed.empty() && supports.contains(realPath(item.folder))) item.needed = "a kept machine stands on it";
            if (!item.needed.empty() && (item.state == "frozen" || item.state == "ready")) {
                try {
                    guestsInUse.insert(realPath(TemplateRecord::load(item.folder).guestFolder));
                } catch (const Error&) {
                }
            }
            items.push_back(std::move(item));
        }
    }
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(cacheFolder() / "guests", failed)) {
        if (entry.is_symlink() || !entry.is_directory() || entry.path().filename().string().starts_with('.')) continue;
        CacheItem item{.kind = "guest", .state = "", .key = "", .folder = entry.path()};
        const auto path = realPath(entry.path());
        item.today = path == today;
        if (item.today) item.needed = "today's";
        if (supports.contains(path)) item.needed = "a kept machine stands on it";
        if (guestsInUse.contains(path)) item.needed = "in use, or its template is";
        items.push_back(std::move(item));
    }
    for (auto& item : items) {
        item.bytes = TemplateStore::sizeOf(item.folder);
        item.when = timeOf(item.folder);
    }
    return inventory;
}

bool CacheInventory::remove(const CacheItem& item, Log& log) {
    std::optional<FileDescriptor> lock;
    if (item.kind == "template") {
        lock = TemplateStore(item.folder.parent_path()).tryLockExclusive(item.key);
        if (!lock) return false;
    }
    std::error_code failed;
    fs::remove_all(item.folder, failed);
    if (failed) log.line(fmt::format("cannot remove '{}': {}", item.folder.string(), failed.message()));
    return !failed;
}

std::vector<CacheItem> CacheInventory::prune(bool all, Log& log) const {
    std::vector<CacheItem> removed;
    for (const auto& item : items_) {
        if (!item.needed.empty() || (item.today && item.state == "frozen" && !all)) continue;
        if (remove(item, log)) removed.push_back(item);
    }
    return removed;
}

void CacheInventory::removeUnneeded(const fs::path& templateFolder, Log& log) {
    const auto inventory = take();
    for (const auto& item : inventory.items_)
        if (item.kind == "template" && item.folder == templateFolder && item.needed.empty()) remove(item, log);
}

}  // namespace boxtest
