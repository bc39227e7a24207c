#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reach/Ways.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// One line of what the scenarios program reports while it runs.
struct ScenarioEvent {
    enum class Kind { prepared, connected, unprepared, start, failing, paused, end, released, done };
    Kind kind = Kind::done;
    ScenarioResult result = {};       ///< start: name and preparation; failing: failures; end: all.
    std::string text = {};            ///< unprepared: why; paused: the machine's machine.json.
    std::uint64_t privateMemory = 0;  ///< prepared, released: the fork's, bytes; 0 when it is unknown.
    Ways ways = {};                   ///< released: what the scenario used to reach its guest.
};

/// Turns the bytes that the scenarios program writes to its --events-fd into events. The protocol is JSON lines:
///   {"event":"start","scenario":"TcpRefused.X","preparation":0.3}
///   {"event":"end","scenario":"TcpRefused.X","claim":"tcp-refused","result":"passed|known-gap|failed|machine-failed",
///    "seconds":1.5,"failures":["file:line\ntext"],"kept":"/folder","gap":"She may ...","records":{"exposure x":"0.4"}}
///   {"event":"done"}
/// and, from a worker that has a fork of its own (WorkerCommand is what it is told):
///   {"event":"prepared","private_memory":1234}      its fork is there, stopped
///   {"event":"connected"}                           the ways to it are made, the fork stopped again
///   {"event":"unprepared","reason":"..."}           there is no fork that could run: it ends
///   {"event":"failing","failures":["..."]}          the first check has failed: what shall become of the machine?
///   {"event":"paused","machine":{...}}              the machine runs until the command "go"
///   {"event":"released","private_memory":1234,"ways":["admin","root"]}
///                                                   the fork is gone; the figure is from just before
class EventStream {
   public:
    /// The events that these bytes complete; the rest waits for more. TransportError for a line that is none, and for a line
    /// of more than 16 MiB.
    std::vector<ScenarioEvent> feed(std::string_view bytes);

    /// True when the last bytes were no whole line: the program died while it wrote.
    bool insideLine() const { return !rest_.empty(); }

   private:
    std::string rest_;
};

}  // namespace boxtest
