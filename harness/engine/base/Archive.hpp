#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

/// A folder and the names of its entries to archive: files, and folders with their whole content.
struct Archived {
    std::filesystem::path folder;
    std::vector<std::string> names;
};

/// Writes files and folders into a zstd-compressed tar archive (pax). Modes are stored, owners are not; sparse files stay sparse.
/// `file` must exist; its content is overwritten. Throws SystemError for entries that cannot be read or written and for entries
/// that are neither a file nor a folder, TimeoutError, GuestError (the latch, which may be null).
void writeArchive(const std::filesystem::path& file, const std::vector<Archived>& what, Deadline deadline,
                  const FailureLatch* failure);

/// Unpacks an archive of writeArchive() or of GNU tar into an empty folder. The archive may be untrusted: an entry that is
/// neither a file nor a folder below `folder` (a link, a device, an absolute path, a path with "..") is refused with UsageError
/// before it is created; owners and set-user-ID bits are not restored. Throws UsageError for a file that is not such an archive
/// or is truncated, SystemError, TimeoutError, GuestError (the latch, which may be null).
void extractArchive(const std::filesystem::path& file, const std::filesystem::path& folder, Deadline deadline,
                    const FailureLatch* failure);

}  // namespace boxtest
