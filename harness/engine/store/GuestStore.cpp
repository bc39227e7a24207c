#include "store/GuestStore.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

fs::path folderOf(const fs::path& given, const std::string& askedBy) {
    std::error_code ignored;
    if (fs::is_directory(given, ignored)) {
        if (fs::is_regular_file(given / "guest.json", ignored)) return files::absolute(given).lexically_normal();
        throw UsageError("the guest folder '" + given.string() + "' (" + askedBy + ") has no guest.json");
    }
    if (fs::is_regular_file(given, ignored)) return files::absolute(given).lexically_normal().parent_path();
    throw UsageError("there is no guest '" + given.string() + "' (" + askedBy + ")");
}

}  // namespace

fs::path findGuest(const std::optional<fs::path>& asked) {
    if (asked) return folderOf(*asked, "--guest");
    if (const char* named = std::getenv("BOXTEST_GUEST"); named && *named) return folderOf(named, "BOXTEST_GUEST");

    const auto store = cacheFolder() / "guests";
    std::error_code none;
    // The build maintains this link: it leads to the guest of the current sources.
    if (const auto current = store / "current"; fs::is_regular_file(current / "guest.json", none)) {
        if (auto folder = fs::canonical(current, none); !none) return folder;
    }
    fs::path newest;
    fs::file_time_type newestTime;
    for (const auto& entry : entriesOf(store)) {
        // Builds in progress are in the same parent, in hidden folders.
        if (entry.filename().string().starts_with('.')) continue;
        std::error_code missing;
        const auto time = fs::last_write_time(entry / "guest.json", missing);
        if (!missing && (newest.empty() || time > newestTime)) {
            newest = entry;
            newestTime = time;
        }
    }
    if (newest.empty()) {
        throw UsageError("there is no guest in '" + store.string() +
                         "': build one with ci/debian-guest/build (as root), or name one with --guest or BOXTEST_GUEST");
    }
    return newest;
}

}  // namespace boxtest
