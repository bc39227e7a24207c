#pragma once

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

namespace boxtest::files {

/// Wrappers of std::filesystem that throw SystemError naming the attempted operation and the path. Unless stated otherwise, a
/// function behaves like its namesake. Other code calls no throwing function of std::filesystem: its exceptions are not
/// boxtest::Error, and would be reported as a fault of the program.

/// These three functions do not throw: they return false for a path that cannot be examined.
bool exists(const std::filesystem::path& path) noexcept;
bool isFile(const std::filesystem::path& path) noexcept;
bool isFolder(const std::filesystem::path& path) noexcept;

/// True when the host could not perform the operation, temporarily or permanently: out of descriptors or memory, a disk error.
/// The examined path may exist nevertheless.
bool isOfTheHost(const std::error_code& failed) noexcept;

std::filesystem::path absolute(const std::filesystem::path& path);
/// Resolves symbolic links in the part of the path that exists.
std::filesystem::path real(const std::filesystem::path& path);
/// The target that is stored in a symbolic link.
std::filesystem::path linkTarget(const std::filesystem::path& link);

std::uintmax_t size(const std::filesystem::path& file);
std::filesystem::file_time_type writeTime(const std::filesystem::path& path);
/// Free space for this user, in bytes.
std::uintmax_t room(const std::filesystem::path& folder);
bool isSame(const std::filesystem::path& one, const std::filesystem::path& other);
/// In unspecified order.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder);
/// All entries below the folder, recursively; symbolic links are not followed.
std::vector<std::filesystem::directory_entry> allBelow(const std::filesystem::path& folder);

/// The parent must exist. Returns false when the folder exists already.
bool makeFolder(const std::filesystem::path& folder);
/// Also creates missing parents. Returns false when the folder exists already.
bool makeFolders(const std::filesystem::path& folder);
void makeLink(const std::filesystem::path& target, const std::filesystem::path& link);
void setPermissions(const std::filesystem::path& path, std::filesystem::perms permissions);
void rename(const std::filesystem::path& from, const std::filesystem::path& to);
/// `to` must not exist.
void copyFile(const std::filesystem::path& from, const std::filesystem::path& to);
/// Copies a file, or a folder with its whole content; symbolic links are copied as links.
void copyAll(const std::filesystem::path& from, const std::filesystem::path& to);
/// Does nothing when the path is missing.
void remove(const std::filesystem::path& path);
void removeAll(const std::filesystem::path& path);

}  // namespace boxtest::files
