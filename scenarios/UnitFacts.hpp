#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "reach/RunningGuest.hpp"

namespace boxtest {

/// CAP_NET_BIND_SERVICE as a bit of a capability set (capabilities(7)).
constexpr unsigned long long netBindService = 1ULL << 10;

/// One process, as /proc/PID/status tells.
struct ProcessStatus {
    std::string pid;
    std::map<std::string, std::string> fields;  ///< "Uid" -> "110\t110\t110\t110"

    /// Empty when the kernel does not tell it.
    std::string field(const std::string& name) const;
    /// "odoo (pid 512)"
    std::string describe() const;
};

/// One unit and every process in its control group, sub-groups included.
struct UnitFacts {
    std::string unit;
    std::string user;  ///< The manifest's user for it.
    std::string uid;   ///< That user's, as a number.
    std::string gid;
    std::map<std::string, std::string> properties;  ///< systemctl show: ActiveState, NeedDaemonReload, ...
    std::vector<ProcessStatus> processes;

    std::string property(const std::string& name) const;

    /// Active, with processes: otherwise nothing is proved by what its processes may not do.
    testing::AssertionResult runs() const;
    /// The process that systemd takes for the unit's main one, or nullptr.
    const ProcessStatus* mainProcess() const;

    /// /proc/PID/mountinfo of its processes, by process id. One that has ended meanwhile is left out.
    std::map<std::string, std::vector<std::string>> mountTables(RunningGuest& guest) const;

    /// All units of the manifest, by one script.
    static std::vector<UnitFacts> gather(RunningGuest& guest);
};

}  // namespace boxtest
