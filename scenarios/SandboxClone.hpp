#pragma once

#include <map>
#include <string>
#include <vector>

#include "RunningGuest.hpp"

namespace boxtest {

/// What one probe in a service's sandbox came to.
struct ProbeAnswer {
    bool allowed = false;
    std::string detail;  ///< The error's text, or what was found.
};

/// What the probes in one service's sandbox found.
struct SandboxFindings {
    std::string unit;
    std::map<std::string, ProbeAnswer> probes;  ///< "write:/etc" -> blocked, "Read-only file system"
    std::map<std::string, std::string> status;  ///< /proc/self/status in the clone

    /// Throws GuestError when there was no such probe: an absent answer is no refusal.
    const ProbeAnswer& at(const std::string& probe) const;
    /// The names of the probes that begin so.
    std::vector<std::string> named(const std::string& prefix) const;
};

/// Runs shell probes as each service, inside a clone of its unit: the same fragment and drop-ins, only what is executed
/// differs, so that user, mounts, filters and limits are those of the service itself. The clones are units of their own
/// below /run, removed afterwards, and need no daemon-reload (which would repair a unit that is not as loaded).
///
/// `scripts` has one script a unit. In it `can NAME COMMAND...` runs a command and notes whether it succeeded. Throws
/// GuestError when a unit's files differ from what is loaded, or a clone did not run to its end.
std::vector<SandboxFindings> probeSandboxes(RunningGuest& guest, const std::map<std::string, std::string>& scripts);

}  // namespace boxtest
