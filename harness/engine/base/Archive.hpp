#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"

namespace boxtest {

/// A folder, and the names in it that go into an archive: files, and folders with their whole content.
struct Archived {
    std::filesystem::path folder;
    std::vector<std::string> names;
};

/// Writes files and folders into a tar archive (pax) that is compressed by zstd, with their modes and without their owners. Holes
/// stay holes. The file must be there; what it holds is overwritten. Throws SystemError for what cannot be read or written and
/// for what is neither a file nor a folder, TimeoutError, GuestError (the latch, which may be null).
void writeArchive(const std::filesystem::path& file, const std::vector<Archived>& what, Deadline deadline,
                  const FailureLatch* failure);

/// Unpacks such an archive, or one of GNU tar's, into an empty folder. It may be anybody's: whatever is neither a file nor a
/// folder below that folder (a link, a device, an absolute path, one with "..") is refused with UsageError before it is made;
/// owners and set-user-ID bits are not taken over. Throws UsageError for what is no such archive or is cut, SystemError,
/// TimeoutError, GuestError (the latch, which may be null).
void extractArchive(const std::filesystem::path& file, const std::filesystem::path& folder, Deadline deadline,
                    const FailureLatch* failure);

}  // namespace boxtest
