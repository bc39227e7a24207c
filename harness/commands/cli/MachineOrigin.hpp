#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keeper/Keeper.hpp"
#include "machine/ReadyMachine.hpp"
#include "template/KeptOnTemplate.hpp"

namespace boxtest {

/// Where a machine that is kept up comes from: a fork of the guest's template (made when there is none), or what is set here.
struct MachineOrigin {
    BootOptions boot = {};
    bool fresh = false;                         ///< boot it, without a template
    std::filesystem::path templateFolder = {};  ///< fork this template; or, for a kept machine, where its own is
    std::filesystem::path kept = {};            ///< resume this kept machine

    /// The one in `kept`, on the template in `templateFolder` if that is set, with leases on what it stands
    /// on. Throws UsageError, TimeoutError, GuestError (the latch).
    LeasedKeptMachine keptMachine(Log& log, const FailureLatch* failure, Deadline deadline) const;

    /// As arguments of `boxtest keeper`.
    std::vector<std::string> arguments() const;

    /// What the keeper does to have it. Throws what it throws.
    Keeper::Boot start() const;
};

}  // namespace boxtest
