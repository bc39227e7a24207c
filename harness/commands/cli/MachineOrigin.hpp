#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keeper/Keeper.hpp"
#include "machine/ReadyMachine.hpp"
#include "template/KeptOnTemplate.hpp"

namespace boxtest {

/// Source of a machine that a keeper owns: by default a fork of the guest's template (built if there is none), or one of the
/// following.
struct MachineOrigin {
    BootOptions boot = {};
    bool fresh = false;                         ///< boot it, without a template
    std::filesystem::path templateFolder = {};  ///< fork this template; for a kept machine: the folder of its template
    std::filesystem::path kept = {};            ///< resume this kept machine

    /// Loads the kept machine in `kept`, on the template in `templateFolder` if that is set, with leases on everything that it
    /// depends on. Throws UsageError, TimeoutError, GuestError (the latch).
    LeasedKeptMachine keptMachine(Log& log, const FailureLatch* failure, Deadline deadline) const;

    /// As arguments of `boxtest keeper`.
    std::vector<std::string> arguments() const;

    /// The function with which the keeper obtains the machine. It throws what booting, forking or resuming throws.
    Keeper::Boot start() const;
};

}  // namespace boxtest
