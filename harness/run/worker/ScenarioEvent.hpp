#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reach/GuestConnections.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// One line that the scenarios program sends to `boxtest run` on its --events-fd:
///   {"event":"start","scenario":"TcpRefused.X","preparation":0.3}
///   {"event":"end","scenario":"TcpRefused.X","claim":"tcp-refused","result":"passed|known-gap|failed|machine-failed",
///    "seconds":1.5,"failures":["file:line\ntext"],"kept":"/folder","gap":"She may ...","records":{"exposure x":"0.4"},
///    "asked_counts":{"statement":3},"asked":[{"seconds":0.5,"who":"jane","what":"SELECT 1","answer":"42501"}],
///    "journal":"...","console":"..."}             the last three: of a failed scenario, at the time of the first failed check
///   {"event":"done"}
/// and, from a worker that has its own fork (it receives WorkerCommand):
///   {"event":"prepared","private_memory":1234}      its fork exists and is stopped
///   {"event":"connected"}                           the connections to it are open, and the fork is stopped again
///   {"event":"unprepared","reason":"...","cause":"machine|change-failed|change-without-effect"}
///                                                   no usable fork: the worker ends
///   {"event":"failing","failures":["..."]}          the first check has failed: what should be done with the machine?
///   {"event":"paused","machine":{...}}              the machine runs until the command "go"
///   {"event":"reusable","private_memory":1234,"connections":["admin","root"]}
///                                                   after "end": the scenario has passed, and its fork is for another one now:
///                                                   what next?
///   {"event":"released","private_memory":1234,"connections":["admin","root"]}
///                                                   the fork is gone; the figure was measured just before. After "reusable", the
///                                                   connections are those used since
struct ScenarioEvent {
    enum class Kind { prepared, connected, unprepared, start, failing, paused, end, reusable, released, done };
    Kind kind = Kind::done;
    /// start: name and preparation; failing: failures; end: all except preparation and attachments; unprepared: the cause.
    ScenarioResult result = {};
    std::string text = {};              ///< unprepared: why; paused: the machine's machine.json.
    std::uint64_t privateMemory = 0;    ///< prepared, reusable, released: of the fork, in bytes; 0 if unknown.
    GuestConnections connections = {};  ///< reusable, released: the connections that the scenario used.

    /// Includes the newline. Bytes that are not UTF-8 are replaced.
    std::string line() const;
    /// Throws TransportError for a line that line() cannot produce.
    static ScenarioEvent parse(std::string_view line);
};

}  // namespace boxtest
