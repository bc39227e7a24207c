#pragma once

#include <filesystem>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"
#include "store/Lease.hpp"
#include "template/KeptMachine.hpp"

namespace boxtest {

/// A kept machine, and leases on its dependencies: they are not removed while the leases are held.
struct LeasedKeptMachine {
    KeptMachine machine;
    std::vector<Lease> leases;
};

/// A kept machine is a difference to the template that it was forked from. Returns the machine with its template in
/// `templateFolder` instead of the recorded folder: a copy, or a place in a Nix store. The recorded paths are not used. Throws
/// UsageError, which states why, when the folder holds another template (even one of the same key: each template is booted
/// separately, and has its own memory content), when the template is damaged, or when the machine is not a difference. Waits for
/// leases on the template and its guest before it reads them, and returns them. Throws TimeoutError, GuestError (the latch).
LeasedKeptMachine keptOnTemplate(const GuestHooks& hooks, const KeptMachine& kept, const std::filesystem::path& templateFolder,
                                 Log& log, const FailureLatch* failure, Deadline deadline);

/// True if the machine depends only on its template and the guest: with its own files, these are all of it.
bool isDifferenceToTemplate(const KeptMachine& kept);

/// The folder of a difference's template on this host: in the cache, or at the recorded place (the paths of a Nix store are the
/// same everywhere). Throws UsageError when it is at neither place.
std::filesystem::path templateOf(const KeptMachine& kept);

}  // namespace boxtest
