#pragma once

#include <string>
#include <vector>

namespace boxtest {

/// Lines of /proc/PID/mountinfo (proc_pid_mountinfo(5)) without what differs between two starts of one unit: numbers of mounts,
/// devices and peer groups, and the random names of systemd's private folders. Sorted: "/tmp rw,nosuid /... ext4 ...". The
/// folders of other units' credentials are left out: one that is started after this unit appears in it, one that was started
/// before does not.
std::vector<std::string> normalisedMounts(const std::vector<std::string>& mountinfo, const std::string& unit);

/// What one table has and the other has not, each line behind "only HERE: " or "only THERE: ".
std::vector<std::string> mountDifferences(const std::vector<std::string>& here, const std::string& hereIs,
                                          const std::vector<std::string>& there, const std::string& thereIs);

}  // namespace boxtest
