#pragma once

#include <string>
#include <vector>

#include "SandboxFindings.hpp"
#include "reach/RunningGuest.hpp"

namespace boxtest {

/// Runs the guest's break-in probe inside a clone of a service's unit: the same fragment and drop-ins, only what is executed
/// differs, so that user, mounts, filters and limits are those of the service itself. The clone is a unit of its own below /run,
/// removed afterwards, and needs no daemon-reload (which would repair a unit that is not as loaded).
///
/// Throws GuestError when the unit's files differ from what is loaded, or the probe did not start or not answer to its end.
SandboxFindings probeSandbox(RunningGuest& guest, const std::string& unit, const std::vector<std::string>& probes);

}  // namespace boxtest
