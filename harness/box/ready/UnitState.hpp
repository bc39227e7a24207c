#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// What systemd says about a unit: properties of systemctl(1) show.
struct UnitState {
    std::string id;
    std::string load;         ///< LoadState: "loaded", "not-found", "masked", ...
    std::string active;       ///< ActiveState: "active", "activating", "inactive", "failed", ...
    std::string sub;          ///< SubState: "running", "start", "auto-restart", ...
    std::string result;       ///< Result: "success", "exit-code", "timeout", ...
    std::string triggeredBy;  ///< TriggeredBy: the socket that starts it on demand.
    int restarts = 0;         ///< NRestarts

    bool isActive() const { return active == "active"; }
    /// Not started, but something listens in its place.
    bool startsOnDemand() const { return active == "inactive" && !triggeredBy.empty(); }
    /// Can be waited for in vain: failed, not there, or dying again and again.
    bool isHopeless() const;

    /// "odoo.service is activating (start)"
    std::string describe() const;

    /// The command's arguments that print what parse() reads.
    static std::vector<std::string> command(const std::vector<std::string>& units);
    /// One state for each block of `Name=value` lines; blocks are separated by an empty line.
    static std::vector<UnitState> parse(std::string_view text);
};

}  // namespace boxtest
