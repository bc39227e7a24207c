#include "template/TemplateStore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "store/Store.hpp"

namespace boxtest {

namespace fs = std::filesystem;

TemplateStore::TemplateStore(fs::path folder) : folder_(std::move(folder)) {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    if (!failed) fs::permissions(folder_, fs::perms::owner_all, failed);
    if (failed) throw SystemError(fmt::format("cannot make the folder of templates '{}'", folder_.string()), failed.value());
}

namespace {

void checkThere(const Lease& lease, const fs::path& folder) {
    if (!lease) throw UsageError(fmt::format("the folder of templates '{}' was removed meanwhile", folder.string()));
}

}  // namespace

Lease TemplateStore::lockShared(const std::string& key, Log& log, const FailureLatch& failure, Deadline deadline) const {
    auto lease = Lease::wait(store::templateLock(folder_, key), Lease::Kind::shared, "another boxtest that builds the template",
                             log, &failure, deadline);
    checkThere(lease, folder_);
    return lease;
}

std::optional<Lease> TemplateStore::lockToMake(const std::string& key, const std::function<bool()>& made, Log& log,
                                               const FailureLatch& failure, Deadline deadline) const {
    auto lease = Lease::waitUnless(store::templateLock(folder_, key), Lease::Kind::exclusive, "other users of the template", made,
                                   log, &failure, deadline);
    if (lease) checkThere(*lease, folder_);
    return lease;
}

std::optional<Lease> TemplateStore::tryLockExclusive(const std::string& key) const {
    return Lease::tryTake(store::templateLock(folder_, key), Lease::Kind::exclusive);
}

std::optional<Lease> TemplateStore::tryLockShared(const std::string& key) const {
    return Lease::tryTake(store::templateLock(folder_, key), Lease::Kind::shared);
}

std::vector<std::string> TemplateStore::keys(const fs::path& folder) {
    std::vector<std::string> keys;
    constexpr std::string_view building = ".building.";
    for (const auto& entry : entriesOf(folder)) {
        if (!files::isFolder(entry)) continue;
        auto name = entry.filename().string();
        if (name.starts_with(building)) name.erase(0, building.size());
        if (std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(std::move(name));
    }
    return keys;
}

}  // namespace boxtest
