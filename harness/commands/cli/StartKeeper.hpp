#pragma once

#include <chrono>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Interruption.hpp"
#include "base/Log.hpp"
#include "cli/MachineOrigin.hpp"

namespace boxtest {

/// Maximum wait of `boxtest` for a keeper that is ending its machine.
constexpr auto keeperDownBudget = std::chrono::seconds(60);

/// Prints how to reach a machine (ssh, psql, web) to standard output.
void printReach(const MachineInfo& info);

/// Takes the lock that the one command which starts a machine holds until the machine is up: other commands wait. Throws
/// GuestError (by the latch), TimeoutError, SystemError.
FileDescriptor takeTurn(Log& log, const FailureLatch& failure, Deadline deadline);

/// Starts a separate keeper process that owns the machine. When the machine is ready, prints how to reach it and returns the
/// program's exit status. Ctrl-C before that ends the machine. Throws the keeper's error if it fails.
int startKeeper(const MachineOrigin& origin, Log& log, Interruption& interruption);

/// Owns the machine in this process until Ctrl-C or `boxtest down`; releases the lock `turn` when the machine is up.
int keepHere(const MachineOrigin& origin, Log& log, Interruption& interruption, FileDescriptor turn);

}  // namespace boxtest
