#pragma once

#include <map>
#include <string>
#include <vector>

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

}  // namespace boxtest
