#pragma once

#include <map>
#include <string>
#include <vector>

#include "RunningGuest.hpp"

namespace boxtest {

/// What one probe in a service's sandbox came to.
struct ProbeAnswer {
    std::string result;  ///< "ok", an errno's name, a signal's name, or "unset": see scenarios/probe/main.cpp
    std::string detail;

    /// "EACCES (cannot even be created)"
    std::string describe() const;
};

/// What the break-in probe found in a service's sandbox.
struct SandboxFindings {
    std::map<std::string, ProbeAnswer> answers;  ///< By the probe, its words separated by tabs.
    std::map<std::string, std::string> status;   ///< The probe's own /proc/self/status
    std::vector<std::string> mounts;             ///< and mountinfo, with the service's unit in place of the clone's.

    /// Throws GuestError when there is no such answer: an absent one is no refusal.
    const ProbeAnswer& at(const std::string& probe) const;
    /// Of the program's output. Throws GuestError when it has no end, or cannot be read.
    static SandboxFindings parse(const std::string& text);
};

/// Runs the guest's break-in probe inside a clone of a service's unit: the same fragment and drop-ins, only what is executed
/// differs, so that user, mounts, filters and limits are those of the service itself. The clone is a unit of its own below /run,
/// removed afterwards, and needs no daemon-reload (which would repair a unit that is not as loaded).
///
/// Throws GuestError when the unit's files differ from what is loaded, or the probe did not start or not answer to its end.
SandboxFindings probeSandbox(RunningGuest& guest, const std::string& unit, const std::vector<std::string>& probes);

}  // namespace boxtest
