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

/// A kept machine, and leases on what it stands on: as long as they are held, nobody removes that.
struct LeasedKeptMachine {
    KeptMachine machine;
    std::vector<Lease> leases;
};

/// A kept machine is a difference to the template that it was forked from. This is the machine with its template in another
/// folder than the recorded one: a copy, or where a Nix store has it. Nothing of the recorded paths is used. Throws UsageError,
/// which says why, when the folder holds another template (also one of the same key: each template is booted by itself, and has a
/// memory of its own), when the template is damaged, or when the machine is no difference. Waits for leases on the template and
/// its guest before it reads them, and returns them. Throws TimeoutError, GuestError (the latch).
LeasedKeptMachine keptOnTemplate(const GuestHooks& hooks, const KeptMachine& kept, const std::filesystem::path& templateFolder,
                                 Log& log, const FailureLatch* failure, Deadline deadline);

/// It stands on its template and on the guest alone, so that these and its own files are all of it.
bool isDifferenceToTemplate(const KeptMachine& kept);

/// Where the template of a difference is on this host: in the cache, or where it was recorded (a Nix store's paths are the same
/// everywhere). Throws UsageError when it is at neither place.
std::filesystem::path templateOf(const KeptMachine& kept);

}  // namespace boxtest
