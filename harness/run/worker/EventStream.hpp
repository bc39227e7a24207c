#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/LineBuffer.hpp"
#include "worker/ScenarioEvent.hpp"

namespace boxtest {

/// Turns the bytes that the scenarios program writes to its --events-fd into events.
class EventStream {
   public:
    /// The events that these bytes complete; the rest waits for more. TransportError for a line that is none, and for a line
    /// of more than 16 MiB.
    std::vector<ScenarioEvent> feed(std::string_view bytes);

    /// True when the last bytes were no whole line: the program died while it wrote.
    bool insideLine() const { return !lines_.unfinished().empty(); }

   private:
    LineBuffer lines_{std::size_t{16} << 20};
};

}  // namespace boxtest
