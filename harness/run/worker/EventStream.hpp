#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/LineBuffer.hpp"
#include "worker/ScenarioEvent.hpp"

namespace boxtest {

/// Parses the bytes that the scenarios program writes to its --events-fd into events.
class EventStream {
   public:
    /// The events that these bytes complete; an incomplete line is stored for the next call. Throws TransportError for a line
    /// that is not an event and for a line longer than 16 MiB.
    std::vector<ScenarioEvent> feed(std::string_view bytes);

    /// True if the last line is incomplete: the program died while it wrote.
    bool insideLine() const { return !lines_.unfinished().empty(); }

   private:
    LineBuffer lines_{std::size_t{16} << 20};
};

}  // namespace boxtest
