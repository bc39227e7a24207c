#pragma once

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

namespace boxtest::files {

/// What std::filesystem does, with this house's errors: each throws SystemError that says what was attempted on which path. Where
/// nothing else is said they mean what their namesakes mean. Nobody else calls a throwing function of std::filesystem: its
/// exceptions are no boxtest::Error, and so are taken for a fault of the program.

/// These three do not throw: what cannot be looked at is not there.
bool exists(const std::filesystem::path& path) noexcept;
bool isFile(const std::filesystem::path& path) noexcept;
bool isFolder(const std::filesystem::path& path) noexcept;

/// Whether it is the host that could not do it, for now or for good: out of descriptors or memory, a disk's error. What was
/// looked at may well be there.
bool isOfTheHost(const std::error_code& failed) noexcept;

std::filesystem::path absolute(const std::filesystem::path& path);
/// Without links, as far as it is there.
std::filesystem::path real(const std::filesystem::path& path);
/// What a link says.
std::filesystem::path linkTarget(const std::filesystem::path& link);

std::uintmax_t size(const std::filesystem::path& file);
std::filesystem::file_time_type writeTime(const std::filesystem::path& path);
/// Bytes that this user may still write there.
std::uintmax_t room(const std::filesystem::path& folder);
bool isSame(const std::filesystem::path& one, const std::filesystem::path& other);
/// In no order.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder);
/// All below it, too; links are not followed.
std::vector<std::filesystem::directory_entry> allBelow(const std::filesystem::path& folder);

/// A parent must be there. False when the folder was there already.
bool makeFolder(const std::filesystem::path& folder);
/// With its parents. False when it was there already.
bool makeFolders(const std::filesystem::path& folder);
void makeLink(const std::filesystem::path& target, const std::filesystem::path& link);
void setPermissions(const std::filesystem::path& path, std::filesystem::perms permissions);
void rename(const std::filesystem::path& from, const std::filesystem::path& to);
/// Nothing may be at `to`.
void copyFile(const std::filesystem::path& from, const std::filesystem::path& to);
/// A file, or a folder with all in it; links stay links.
void copyAll(const std::filesystem::path& from, const std::filesystem::path& to);
/// Fine when it is not there.
void remove(const std::filesystem::path& path);
void removeAll(const std::filesystem::path& path);

}  // namespace boxtest::files
