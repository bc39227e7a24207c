#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// A unit's state as systemd reports it: properties of systemctl(1) show.
struct UnitState {
    std::string id;
    std::string load;         ///< LoadState: "loaded", "not-found", "masked", ...
    std::string active;       ///< ActiveState: "active", "activating", "inactive", "failed", ...
    std::string sub;          ///< SubState: "running", "start", "auto-restart", ...
    std::string result;       ///< Result: "success", "exit-code", "timeout", ...
    std::string triggeredBy;  ///< TriggeredBy: the socket that starts it on demand.
    int restarts = 0;         ///< NRestarts

    bool isActive() const { return active == "active"; }
    /// Not started, but its socket unit listens and starts it on demand.
    bool startsOnDemand() const { return active == "inactive" && !triggeredBy.empty(); }
    /// Waiting is useless: the unit failed, does not exist, or restarts again and again.
    bool isHopeless() const;

    /// "odoo.service is activating (start)"
    std::string describe() const;

    /// The words of the command that prints what parse() reads.
    static std::vector<std::string> command(const std::vector<std::string>& units);
    /// One state for each block of `Name=value` lines; blocks are separated by an empty line.
    static std::vector<UnitState> parse(std::string_view text);
};

}  // namespace boxtest
