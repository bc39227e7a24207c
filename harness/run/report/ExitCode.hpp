#pragma once

#include "base/Error.hpp"

namespace boxtest {

/// How the program `boxtest` ends. Scripts may rely on the numbers.
enum class ExitCode : int {
    good = 0,
    scenarioFailed = 1,  ///< Of `boxtest sabotage`: a sabotage was not noticed as it must be, or the clean machine was red.
    usage = 2,           ///< Nothing was tried: the command line, or what it names, is wrong.
    machineFailed = 3,   ///< The guest or the machine failed, or something was not run, or a sabotage did not take effect.
    interrupted = 130,   ///< SIGINT, SIGTERM or SIGHUP.
};

/// A usage error is the person's, as is an interruption; everything else the machine's.
inline ExitCode exitCodeOf(const Error& error) {
    if (error.kind() == ErrorKind::interrupted) return ExitCode::interrupted;
    return error.kind() == ErrorKind::usage ? ExitCode::usage : ExitCode::machineFailed;
}

}  // namespace boxtest
