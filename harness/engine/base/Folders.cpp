#include "base/Folders.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"

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

}  // namespace

std::filesystem::path cacheFolder() {
    auto parent = folderFrom("XDG_CACHE_HOME");
    return (parent.empty() ? homeFolder() / ".cache" : parent) / "boxtest";
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
    struct stat found {};
    auto existing = folder;
    while (::lstat(existing.c_str(), &found) != 0 && existing.has_relative_path()) existing = existing.parent_path();
    const auto advice = found.st_uid == ::geteuid()
                            ? ""
                            : " ('" + existing.string() + "' belongs to user " + std::to_string(found.st_uid) +
                                  ": remove it, or set XDG_CACHE_HOME to a folder of yours)";
    throw SystemError("cannot use the folder '" + folder.string() + "'" + advice, failed.value());
}

std::filesystem::path runtimeFolder() {
    constexpr std::size_t roomForSocketPath = 40;
    auto folder = folderFrom("XDG_RUNTIME_DIR") / "boxtest";
    if (folder.is_relative() || folder.native().size() > 107 - roomForSocketPath ||
        ::access(folder.parent_path().c_str(), W_OK) != 0) {
        folder = "/tmp/boxtest-" + std::to_string(::getuid());
    }
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        throw SystemError("cannot make the runtime folder '" + folder.string() + "'", errno);
    }
    struct stat found {};
    if (::lstat(folder.c_str(), &found) != 0)
        throw SystemError("cannot look at the runtime folder '" + folder.string() + "'", errno);
    const std::string named = "the runtime folder '" + folder.string() + "' ";
    if (!S_ISDIR(found.st_mode)) throw UsageError(named + "is not a folder; remove it");
    if (found.st_uid != ::getuid()) {
        throw UsageError(named + "belongs to user " + std::to_string(found.st_uid) +
                         ", not to you; set XDG_RUNTIME_DIR to a folder of yours");
    }
    if ((found.st_mode & 077) != 0) throw UsageError(named + "is open to other users; close it: chmod 700 " + folder.string());
    return folder;
}

}  // namespace boxtest
