#include "worker/EventStream.hpp"

#include "base/Error.hpp"

namespace boxtest {

namespace {

constexpr std::size_t longestLine = std::size_t{16} << 20;

}  // namespace

std::vector<ScenarioEvent> EventStream::feed(std::string_view bytes) {
    std::vector<ScenarioEvent> events;
    rest_.append(bytes);
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
        const auto line = std::string_view(rest_).substr(begin, end - begin);
        begin = end + 1;
        if (!line.empty()) events.push_back(ScenarioEvent::parse(line));
    }
    rest_.erase(0, begin);
    if (rest_.size() > longestLine) throw TransportError("the scenarios program wrote an event without an end");
    return events;
}

}  // namespace boxtest
