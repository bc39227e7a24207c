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
    int windows = 3;         ///< quiet ones that must follow each other
    double mostCpus = 0.35;  ///< the part of one CPU that a quiet guest uses; an idle one under TCG needs some
    std::chrono::seconds patience{60};
};

/// Waits until nobody is connected and the guest uses little CPU for some time: what is busy when a template is frozen is busy
/// in each of its forks. A guest that never grows quiet is frozen as it is, with a line on the log; but open connections are an
/// error then. Throws TimeoutError, GuestError.
void waitUntilQuiet(const QuietSigns& signs, const QuietOptions& options, Log& log, const FailureLatch& failure,
                    Deadline deadline);

/// CPU time of a process with all its threads, from /proc. Throws SystemError.
std::chrono::duration<double> cpuTimeOf(pid_t pid);

}  // namespace boxtest
