#include "worker/EventStream.hpp"

#include "base/Error.hpp"

namespace boxtest {

std::vector<ScenarioEvent> EventStream::feed(std::string_view bytes) {
    std::vector<ScenarioEvent> events;
    lines_.add(bytes);
    while (const auto line = lines_.next())
        if (!line->empty()) events.push_back(ScenarioEvent::parse(*line));
    if (lines_.isTooLong()) throw TransportError("the scenarios program wrote an event without an end");
    return events;
}

}  // namespace boxtest
