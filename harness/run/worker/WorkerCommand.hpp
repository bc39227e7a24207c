#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reach/GuestConnections.hpp"

namespace boxtest {

/// One line of what `boxtest run` tells a worker (the scenarios program with a fork of its own) on its --commands-fd:
///   {"command":"connect","connections":["root"]}  let the fork run, make these connections to it, and stop it again
///   {"command":"run","connections":["root"]}      make these connections, and run the scenario
///   {"command":"keep","folder":"/..."}     the answer to "failing": keep the machine there
///   {"command":"discard","reason":"..."}   the answer to "failing": nothing is kept, for this reason
///   {"command":"pause"}                    the answer to "failing": let the machine run until "go"
///   {"command":"go"}                       the pause is over
///   {"command":"end"}                      the scenario is not wanted any more; the same as the end of the line
struct WorkerCommand {
    enum class Kind { connect, run, keep, discard, pause, go, end };
    Kind kind = Kind::end;
    std::filesystem::path folder = {};  ///< keep
    std::string reason = {};            ///< discard
    GuestConnections connections = {};  ///< connect, run

    /// With its newline.
    std::string line() const;
    /// TransportError for what line() does not make.
    static WorkerCommand parse(std::string_view line);
};

}  // namespace boxtest
