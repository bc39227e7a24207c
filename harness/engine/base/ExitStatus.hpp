#pragma once

#include <optional>
#include <string>

namespace boxtest {

/// How a process ended: exactly one of the two is set.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    /// From the status that waitpid(2) fills in.
    static ExitStatus fromWait(int status);

    bool succeeded() const { return code == 0; }

    /// "exited with status 3", "was killed by signal 9 (Killed)"
    std::string describe() const;
};

}  // namespace boxtest
