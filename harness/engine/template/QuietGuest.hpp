#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// What is measured to decide that a guest is quiet. A small interface, so that a test can replace it.
struct QuietSigns {
    std::function<std::chrono::duration<double>()> cpuTime;  ///< that QEMU has used so far
    std::function<bool()> hasConnections;                    ///< from the host into the guest
};

struct QuietOptions {
    std::chrono::milliseconds window{1000};
    int windows = 3;         ///< number of quiet windows in a row
    double mostCpus = 0.35;  ///< most of one CPU that a quiet guest uses; an idle one under TCG needs some
    std::chrono::seconds patience{60};
};

/// Waits until no connection is open and the guest uses little CPU for some time: activity in a template when it is frozen
/// continues in each of its forks. A guest that stays busy is frozen as it is, with a line on the log; open connections are an
/// error then. Throws TimeoutError, GuestError.
void waitUntilQuiet(const QuietSigns& signs, const QuietOptions& options, Log& log, const FailureLatch& failure,
                    Deadline deadline);

/// CPU time of a process with all its threads, from /proc. Throws SystemError.
std::chrono::duration<double> cpuTimeOf(pid_t pid);

}  // namespace boxtest
