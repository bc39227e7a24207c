#include "base/Files.hpp"

#include <cerrno>
#include <string>
#include <system_error>

#include "base/Error.hpp"

namespace boxtest::files {

namespace fs = std::filesystem;

namespace {

void check(const std::error_code& failed, const char* attempted, const fs::path& path) {
    if (failed) throw SystemError("cannot " + std::string(attempted) + " '" + path.string() + "'", failed.value());
}

void check(const std::error_code& failed, const char* attempted, const fs::path& from, const fs::path& to) {
    if (failed)
        throw SystemError("cannot " + std::string(attempted) + " '" + from.string() + "' to '" + to.string() + "'",
                          failed.value());
}

/// For a path that the user may have named relative to the working directory.
void checkFolderOf(const fs::path& path, const std::error_code& failed) {
    if (failed == std::errc::no_such_file_or_directory && path.is_relative())
        throw UsageError("cannot tell the whole path of '" + path.string() + "': the working directory was removed");
}

}  // namespace

bool exists(const fs::path& path) noexcept {
    std::error_code failed;
    return fs::exists(path, failed);
}

bool isFile(const fs::path& path) noexcept {
    std::error_code failed;
    return fs::is_regular_file(path, failed);
}

bool isFolder(const fs::path& path) noexcept {
    std::error_code failed;
    return fs::is_directory(path, failed);
}

bool isOfTheHost(const std::error_code& failed) noexcept {
    if (failed.category() != std::system_category() && failed.category() != std::generic_category()) return false;
    const int number = failed.value();
    return number == EMFILE || number == ENFILE || number == ENOMEM || number == EIO;
}

fs::path absolute(const fs::path& path) {
    std::error_code failed;
    // libstdc++ refuses the empty path.
    if (path.empty()) return path;
    auto found = fs::absolute(path, failed);
    checkFolderOf(path, failed);
    check(failed, "tell the whole path of", path);
    return found;
}

fs::path real(const fs::path& path) {
    std::error_code failed;
    auto found = fs::weakly_canonical(path, failed);
    checkFolderOf(path, failed);
    check(failed, "look at", path);
    return found;
}

fs::path linkTarget(const fs::path& link) {
    std::error_code failed;
    auto target = fs::read_symlink(link, failed);
    check(failed, "read the link", link);
    return target;
}

std::uintmax_t size(const fs::path& file) {
    std::error_code failed;
    const auto bytes = fs::file_size(file, failed);
    check(failed, "tell the size of", file);
    return bytes;
}

fs::file_time_type writeTime(const fs::path& path) {
    std::error_code failed;
    const auto time = fs::last_write_time(path, failed);
    check(failed, "look at", path);
    return time;
}

std::uintmax_t room(const fs::path& folder) {
    std::error_code failed;
    const auto found = fs::space(folder, failed);
    check(failed, "tell how much room there is in", folder);
    return found.available;
}

bool isSame(const fs::path& one, const fs::path& other) {
    std::error_code failed;
    const bool same = fs::equivalent(one, other, failed);
    check(failed, "compare", one, other);
    return same;
}

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code failed;
    fs::directory_iterator entry(folder, failed);
    for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) found.push_back(entry->path());
    check(failed, "list", folder);
    return found;
}

std::vector<fs::directory_entry> allBelow(const fs::path& folder) {
    std::vector<fs::directory_entry> found;
    std::error_code failed;
    fs::recursive_directory_iterator entry(folder, failed);
    for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) found.push_back(*entry);
    check(failed, "list", folder);
    return found;
}

bool makeFolder(const fs::path& folder) {
    std::error_code failed;
    const bool made = fs::create_directory(folder, failed);
    check(failed, "make the folder", folder);
    return made;
}

bool makeFolders(const fs::path& folder) {
    std::error_code failed;
    const bool made = fs::create_directories(folder, failed);
    check(failed, "make the folder", folder);
    return made;
}

void makeLink(const fs::path& target, const fs::path& link) {
    std::error_code failed;
    fs::create_symlink(target, link, failed);
    check(failed, "make the link", link);
}

void setPermissions(const fs::path& path, fs::perms permissions) {
    std::error_code failed;
    fs::permissions(path, permissions, failed);
    check(failed, "set the permissions of", path);
}

void rename(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    check(failed, "rename", from, to);
}

void copyFile(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::copy_file(from, to, failed);
    check(failed, "copy", from, to);
}

void copyAll(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, failed);
    check(failed, "copy", from, to);
}

void remove(const fs::path& path) {
    std::error_code failed;
    fs::remove(path, failed);
    check(failed, "remove", path);
}

void removeAll(const fs::path& path) {
    std::error_code failed;
    fs::remove_all(path, failed);
    check(failed, "remove", path);
}

}  // namespace boxtest::files
