#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "template/KeptMachine.hpp"

namespace boxtest {

/// Writes a kept machine into one file that stands on nothing else: its disk flattened and compressed, its state, its guest
/// with kernel, initrd and keys (the file is 0600). It resumes wherever the same QEMU is. Needs tar and zstd. Throws UsageError,
/// SystemError, TimeoutError.
void exportKept(const GuestHooks& hooks, const KeptMachine& kept, const std::filesystem::path& file, Log& log, Deadline deadline,
                const FailureLatch* failure);

/// Unpacks such a file into the cache, once, and returns the machine. Throws UsageError when it is none.
KeptMachine importKept(const std::filesystem::path& file, Log& log, Deadline deadline, const FailureLatch* failure);

}  // namespace boxtest
