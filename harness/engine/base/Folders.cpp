#include "base/Folders.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/ShellQuote.hpp"

namespace boxtest {

namespace {

/// Empty when the variable is unset, empty or not an absolute path.
std::filesystem::path folderFrom(const char* variable) {
    const char* value = std::getenv(variable);
    return value && value[0] == '/' ? value : "";
}

std::filesystem::path homeFolder() {
    if (auto home = folderFrom("HOME"); !home.empty()) return home;
    const passwd* user = ::getpwuid(::getuid());
    if (user && user->pw_dir && user->pw_dir[0] == '/') return user->pw_dir;
    throw UsageError("cannot determine the cache folder: neither XDG_CACHE_HOME nor HOME names a folder; set one of them");
}

struct Owned {
    std::filesystem::path path;
    uid_t owner;
};

/// The path, or the closest of its parents that exists.
Owned ownerOf(std::filesystem::path path) {
    struct stat found {};
    while (::lstat(path.c_str(), &found) != 0 && path.has_relative_path()) path = path.parent_path();
    return {path, found.st_uid};
}

/// XDG_RUNTIME_DIR, if it is a folder that belongs to another user, as after su(1) or `sudo -E`. Root could write there, and the
/// user would be locked out by root's folder.
std::optional<Owned> runtimeParentOfAnother() {
    const auto parent = folderFrom("XDG_RUNTIME_DIR");
    struct stat found {};
    if (parent.empty() || ::stat(parent.c_str(), &found) != 0 || found.st_uid == ::geteuid()) return std::nullopt;
    return Owned{parent, found.st_uid};
}

/// Throws SystemError when the path contains a link that leads nowhere.
void refuseLinkToNowhere(const std::filesystem::path& folder) {
    for (auto part = folder; part.has_relative_path(); part = part.parent_path()) {
        struct stat found {};
        if (::lstat(part.c_str(), &found) != 0) continue;
        if (!S_ISLNK(found.st_mode) || ::stat(part.c_str(), &found) == 0 || errno != ENOENT) return;
        throw SystemError("cannot use the cache folder '" + folder.string() + "': '" + part.string() + "' is a link to '" +
                              files::linkTarget(part).string() + "', which does not exist; is its disk mounted?",
                          ENOENT);
    }
}

std::filesystem::path chooseRuntimeFolder() {
    constexpr std::size_t roomForSocketPath = 40;
    auto folder = folderFrom("XDG_RUNTIME_DIR") / "boxtest";
    const bool usable = folder.is_absolute() && folder.native().size() <= 107 - roomForSocketPath &&
                        ::access(folder.parent_path().c_str(), W_OK) == 0 && !runtimeParentOfAnother();
    return usable ? folder : std::filesystem::path("/tmp/boxtest-" + std::to_string(::getuid()));
}

}  // namespace

std::filesystem::path cacheFolder() {
    const auto parent = folderFrom("XDG_CACHE_HOME");
    auto folder = (parent.empty() ? homeFolder() / ".cache" : parent) / "boxtest";
    refuseLinkToNowhere(folder);
    return folder;
}

std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> entries;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        entries.push_back(entry->path());
    if (files::isOfTheHost(failed)) throw SystemError("cannot list '" + folder.string() + "'", failed.value());
    std::sort(entries.begin(), entries.end());
    return entries;
}

void makePrivateFolder(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (!failed) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    if (!failed && ::access(folder.c_str(), W_OK | X_OK) != 0) failed = {errno, std::system_category()};
    if (!failed) return;
    const auto [existing, owner] = ownerOf(folder);
    const auto advice = owner == ::geteuid() ? ""
                                             : " ('" + existing.string() + "' belongs to user " + std::to_string(owner) +
                                                   ": remove it, or set XDG_CACHE_HOME to a folder of yours)";
    throw SystemError("cannot use the folder '" + folder.string() + "'" + advice, failed.value());
}

bool belongsToAnotherUser(const std::filesystem::path& path) { return ownerOf(path).owner != ::geteuid(); }

std::filesystem::path runtimeFolder() {
    auto folder = chooseRuntimeFolder();
    struct stat found {};
    if (::lstat(folder.c_str(), &found) != 0) {
        if (errno == ENOENT) return folder;
        throw SystemError("cannot look at the runtime folder '" + folder.string() + "'", errno);
    }
    const std::string named = "the runtime folder '" + folder.string() + "' ";
    if (!S_ISDIR(found.st_mode)) throw UsageError(named + "is not a folder; remove it");
    if (found.st_uid != ::getuid()) {
        throw UsageError(named + "belongs to user " + std::to_string(found.st_uid) +
                         ", not to you; set XDG_RUNTIME_DIR to a folder of yours");
    }
    if ((found.st_mode & 077) != 0)
        throw UsageError(named + "is open to other users; close it: chmod 700 " + shellQuote(folder.string()));
    return folder;
}

std::filesystem::path makeRuntimeFolder() {
    const auto folder = chooseRuntimeFolder();
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw SystemError("cannot make the runtime folder '" + folder.string() + "'", errno);
    return runtimeFolder();
}

std::string whyNotXdgRuntimeDir() {
    const auto other = runtimeParentOfAnother();
    if (!other) return {};
    return "XDG_RUNTIME_DIR '" + other->path.string() + "' belongs to user " + std::to_string(other->owner) +
           ", not to you, and is not used";
}

}  // namespace boxtest
