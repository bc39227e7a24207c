#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reach/GuestConnections.hpp"

namespace boxtest {

/// One line that `boxtest run` sends to a worker (the scenarios program with its own fork) on its --commands-fd:
///   {"command":"connect","connections":["root"]}  start the fork, open these connections to it, and stop it again
///   {"command":"run","connections":["root"]}      open these connections, and run the scenario
///   {"command":"next","scenario":"TcpRefused.X","output":"/...","connections":["root"]}
///                                          the answer to "reusable": run this scenario on the same fork, and append all output
///                                          to this file
///   {"command":"keep","folder":"/..."}     the answer to "failing": keep the machine there
///   {"command":"discard","reason":"..."}   the answer to "failing": nothing is kept, for this reason
///   {"command":"pause"}                    the answer to "failing": let the machine run until "go"
///   {"command":"go"}                       the pause is over
///   {"command":"end"}                      the scenario is cancelled, or, as the answer to "reusable", none follows; closing the
///                                          connection has this effect too
struct WorkerCommand {
    enum class Kind { connect, run, next, keep, discard, pause, go, end };
    Kind kind = Kind::end;
    std::filesystem::path folder = {};  ///< keep
    std::string reason = {};            ///< discard
    GuestConnections connections = {};  ///< connect, run, next
    std::string scenario = {};          ///< next
    std::filesystem::path output = {};  ///< next

    /// Includes the newline.
    std::string line() const;
    /// Throws TransportError for a line that line() cannot produce.
    static WorkerCommand parse(std::string_view line);
};

}  // namespace boxtest
