#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reach/GuestConnections.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// One line of what the scenarios program tells `boxtest run` on its --events-fd:
///   {"event":"start","scenario":"TcpRefused.X","preparation":0.3}
///   {"event":"end","scenario":"TcpRefused.X","claim":"tcp-refused","result":"passed|known-gap|failed|machine-failed",
///    "seconds":1.5,"failures":["file:line\ntext"],"kept":"/folder","gap":"She may ...","records":{"exposure x":"0.4"},
///    "asked_counts":{"statement":3},"asked":[{"seconds":0.5,"who":"jane","what":"SELECT 1","answer":"42501"}],
///    "journal":"...","console":"..."}             the last three: of a failed one, as it was at the first failed check
///   {"event":"done"}
/// and, from a worker that has a fork of its own (WorkerCommand is what it is told):
///   {"event":"prepared","private_memory":1234}      its fork is there, stopped
///   {"event":"connected"}                           the connections to it are made, the fork stopped again
///   {"event":"unprepared","reason":"...","cause":"machine|change-failed|change-without-effect"}
///                                                   there is no fork that could run: it ends
///   {"event":"failing","failures":["..."]}          the first check has failed: what shall become of the machine?
///   {"event":"paused","machine":{...}}              the machine runs until the command "go"
///   {"event":"released","private_memory":1234,"connections":["admin","root"]}
///                                                   the fork is gone; the figure is from just before
struct ScenarioEvent {
    enum class Kind { prepared, connected, unprepared, start, failing, paused, end, released, done };
    Kind kind = Kind::done;
    /// start: name and preparation; failing: failures; end: all but preparation and attachments; unprepared: the cause.
    ScenarioResult result = {};
    std::string text = {};              ///< unprepared: why; paused: the machine's machine.json.
    std::uint64_t privateMemory = 0;    ///< prepared, released: the fork's, bytes; 0 when it is unknown.
    GuestConnections connections = {};  ///< released: what the scenario used to reach its guest.

    /// With its newline. Text that is no UTF-8 is replaced.
    std::string line() const;
    /// TransportError for what line() does not make.
    static ScenarioEvent parse(std::string_view line);
};

}  // namespace boxtest
