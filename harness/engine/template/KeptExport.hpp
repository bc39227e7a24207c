#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "template/KeptMachine.hpp"
#include "template/KeptOnTemplate.hpp"

namespace boxtest {

/// Writes a kept machine into one file that stands on nothing else: its disk flattened and compressed, its state, its guest
/// with kernel, initrd and keys (the file is 0600). It resumes wherever the same QEMU is. Removes what a killed export to the
/// same file has left beside it (FILE.<pid>.part). Needs zstd. Throws UsageError, SystemError, TimeoutError.
void exportKept(const GuestHooks& hooks, const KeptMachine& kept, const std::filesystem::path& file, Log& log, Deadline deadline,
                const FailureLatch* failure);

/// Writes a kept machine into one file without what its template has: some MiB, for those who have that template. Throws as
/// exportKept(), and UsageError for a machine that is no difference to its template alone.
void exportDifference(const KeptMachine& kept, const std::filesystem::path& file, Log& log, Deadline deadline,
                      const FailureLatch* failure);

/// Unpacks a file of either kind into the cache, once, and returns the machine with leases on it, its template and its guest.
/// `templateFolder`: where a difference's template is; empty: in the cache, or where it was when the file was made. Of the paths
/// in the file none is used for anything but to look for that template. Throws UsageError when it is no such file, or its
/// template is not there.
LeasedKeptMachine importKept(const GuestHooks& hooks, const std::filesystem::path& file,
                             const std::filesystem::path& templateFolder, Log& log, Deadline deadline,
                             const FailureLatch* failure);

}  // namespace boxtest
