#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/Deadline.hpp"

namespace boxtest {

/// How a command is run.
struct RunOptions {
    std::string input;                                          ///< Written to its stdin, which is then closed.
    Deadline deadline = Deadline::in(std::chrono::minutes(2));  ///< Until then the command and its output must have ended.
    std::size_t outputLimit = std::size_t{64} << 20;            ///< Bytes of stdout and stderr together.
};

/// How a command in the guest ended. A status other than 0 is a value, not an error. Exactly one of exitStatus and signal is set,
/// unless the server sent neither.
struct CommandResult {
    std::optional<int> exitStatus;
    std::optional<std::string> signal;  ///< RFC 4254 name, without SIG: "KILL", "TERM".
    std::string out;                    ///< Bytes of stdout, unchanged.
    std::string err;                    ///< Bytes of stderr, unchanged.

    bool succeeded() const { return exitStatus == 0; }

    /// For a failure's message: "exit status 3; stdout: '...'; stderr: '...'", long output shortened in the middle.
    std::string describe() const;
};

}  // namespace boxtest
