#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/ScenarioResult.hpp"

namespace boxtest {

/// One line of what the scenarios program reports while it runs.
struct ScenarioEvent {
    enum class Kind { start, end, done };
    Kind kind = Kind::done;
    ScenarioResult result;  ///< For start only the scenario's name is set.
};

/// Turns the bytes that the scenarios program writes to its --events-fd into events. The protocol is JSON lines:
///   {"event":"start","scenario":"TcpRefused.X"}
///   {"event":"end","scenario":"TcpRefused.X","claim":"tcp-refused","result":"passed|failed","seconds":1.5,"failures":["file:line\ntext"]}
///   {"event":"done"}
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
