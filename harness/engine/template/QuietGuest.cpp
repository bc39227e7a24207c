#include "template/QuietGuest.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

void waitUntilQuiet(const QuietSigns& signs, const QuietOptions& options, Log& log, const FailureLatch& failure,
                    Deadline deadline) {
    const auto begun = std::chrono::steady_clock::now();
    const auto patience = deadline.within(options.patience);
    int quiet = 0;
    double used = 0;
    while (quiet < options.windows) {
        const auto from = std::chrono::steady_clock::now();
        const auto before = signs.cpuTime();
        pauseBetweenTries(options.window, deadline, &failure);
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - from;
        used = (signs.cpuTime() - before) / passed;
        const bool connected = signs.hasConnections();
        quiet = used <= options.mostCpus && !connected ? quiet + 1 : 0;
        if (quiet < options.windows && patience.expired()) {
            if (connected) throw TimeoutError("timed out waiting for the last connection into the guest to end");
            log.line(fmt::format("the guest stays busy: it uses {:.0f} % of a CPU; frozen as it is", used * 100));
            return;
        }
        log.waiting("the guest to grow quiet", std::chrono::steady_clock::now() - begun);
    }
    log.line(fmt::format("the guest is quiet: it uses {:.0f} % of a CPU", used * 100));
}

std::chrono::duration<double> cpuTimeOf(pid_t pid) {
    const auto text = readWholeFile(fmt::format("/proc/{}/stat", pid));
    // proc_pid_stat(5): the program's name may hold blanks and parentheses; fields 14 and 15 are utime and stime.
    std::istringstream words(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) words >> skipped;
    unsigned long user = 0;
    unsigned long system = 0;
    words >> user >> system;
    return std::chrono::duration<double>(static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

}  // namespace boxtest
