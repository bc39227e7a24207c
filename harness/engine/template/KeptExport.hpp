#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "template/KeptMachine.hpp"
#include "template/KeptOnTemplate.hpp"

namespace boxtest {

/// Writes a kept machine into one file that depends on no other file: its disk, flattened and compressed, its state, its guest
/// with kernel, initrd and keys (the file has mode 0600). The machine resumes on any host with the same QEMU. Removes leftovers
/// of killed exports to the same file (FILE.<pid>.part). Throws UsageError, SystemError, TimeoutError.
void exportKept(const GuestHooks& hooks, const KeptMachine& kept, const std::filesystem::path& file, Log& log, Deadline deadline,
                const FailureLatch* failure);

/// Writes a kept machine into one file without the data of its template: some MiB, for hosts that have that template. Throws as
/// exportKept(), and UsageError for a machine that is not a difference to its template alone.
void exportDifference(const KeptMachine& kept, const std::filesystem::path& file, Log& log, Deadline deadline,
                      const FailureLatch* failure);

/// Unpacks a file of either kind into the cache, once, and returns the machine with leases on it, its template and its guest.
/// `templateFolder`: the template of a difference; empty: in the cache, or at the recorded place. The paths in the file are used
/// only to search for that template. Throws UsageError when the file is not an exported machine, or its template is missing.
LeasedKeptMachine importKept(const GuestHooks& hooks, const std::filesystem::path& file,
                             const std::filesystem::path& templateFolder, Log& log, Deadline deadline,
                             const FailureLatch* failure);

}  // namespace boxtest
