#pragma once

#include <chrono>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Interruption.hpp"
#include "base/Log.hpp"
#include "cli/MachineOrigin.hpp"

namespace boxtest {

/// How long `boxtest` waits for a keeper that is ending its machine.
constexpr auto keeperDownBudget = std::chrono::seconds(60);

/// Prints how a machine is reached (ssh, psql, web) to standard output.
void printReach(const MachineInfo& info);

/// Held by the one command that starts a machine, until that is up: another one waits. Throws GuestError (by the latch),
/// TimeoutError, SystemError.
FileDescriptor takeTurn(Log& log, const FailureLatch& failure, Deadline deadline);

/// Has a keeper process of its own keep the machine; returns the program's exit status when it is ready and how to reach it was
/// printed. Ctrl-C before that ends the machine. Throws what the keeper failed with.
int startKeeper(const MachineOrigin& origin, Log& log, Interruption& interruption);

/// Keeps it in this process until Ctrl-C or `boxtest down`; the turn is over when it is up.
int keepHere(const MachineOrigin& origin, Log& log, Interruption& interruption, FileDescriptor turn);

}  // namespace boxtest
