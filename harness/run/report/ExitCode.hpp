#pragma once

#include "base/Error.hpp"

namespace boxtest {

/// Exit status of the program `boxtest`. Scripts may rely on the numbers.
enum class ExitCode : int {
    good = 0,
    scenarioFailed = 1,  ///< For `boxtest sabotage`: a sabotage was not noticed as required, or a scenario failed on the clean
                         ///< machine.
    usage = 2,           ///< Nothing was started: the command line, or something that it names, is wrong.
    machineFailed = 3,   ///< The guest or the machine failed, or something was not run, or a sabotage did not take effect.
    interrupted = 130,   ///< SIGINT, SIGTERM or SIGHUP.
};

/// Usage errors and interruptions come from the user; every other error counts as a machine failure.
inline ExitCode exitCodeOf(const Error& error) {
    if (error.kind() == ErrorKind::interrupted) return ExitCode::interrupted;
    return error.kind() == ErrorKind::usage ? ExitCode::usage : ExitCode::machineFailed;
}

}  // namespace boxtest
