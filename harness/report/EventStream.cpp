#include "report/EventStream.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/Error.hpp"
#include "base/JsonPath.hpp"

namespace boxtest {

namespace {

constexpr std::size_t longestLine = std::size_t{16} << 20;

Verdict verdictOf(const std::string& text) {
    if (text == "passed") return Verdict::passed;
    if (text == "known-gap") return Verdict::knownGap;
    if (text == "failed") return Verdict::failed;
    if (text == "machine-failed") return Verdict::notRun;
    throw std::invalid_argument("unknown result '" + text + "'");
}

ScenarioEvent eventOf(const nlohmann::json& line) {
    using Kind = ScenarioEvent::Kind;
    const auto kind = line.at("event").get<std::string>();
    ScenarioEvent event;
    if (kind == "done") return event;
    if (kind == "connected") return {.kind = Kind::connected};
    if (kind == "prepared" || kind == "released") {
        event.kind = kind == "prepared" ? Kind::prepared : Kind::released;
        event.privateMemory = line.value("private_memory", std::uint64_t{0});
        event.ways = waysOf(line.value("ways", std::vector<std::string>{}));
        return event;
    }
    if (kind == "unprepared") return {.kind = Kind::unprepared, .text = line.at("reason").get<std::string>()};
    if (kind == "paused") return {.kind = Kind::paused, .text = line.at("machine").dump()};
    if (kind == "failing") {
        event.kind = Kind::failing;
        event.result.failures = line.value("failures", std::vector<std::string>{});
        return event;
    }
    event.result.scenario = line.at("scenario").get<std::string>();
    if (kind == "start") {
        event.kind = Kind::start;
        event.result.preparation = std::chrono::duration<double>(line.value("preparation", 0.0));
        return event;
    }
    if (kind != "end") throw std::invalid_argument("unknown event '" + kind + "'");
    event.kind = Kind::end;
    event.result.claim = line.value("claim", std::string());
    event.result.verdict = verdictOf(line.at("result").get<std::string>());
    event.result.duration = std::chrono::duration<double>(line.value("seconds", 0.0));
    event.result.failures = line.value("failures", std::vector<std::string>{});
    if (line.contains("kept")) event.result.kept = pathFromJson(line["kept"]);
    event.result.gap = line.value("gap", std::string());
    event.result.askedCounts = line.value("asked_counts", std::map<std::string, std::size_t>{});
    for (const auto& one : line.value("asked", nlohmann::json::array()))
        event.result.asked.push_back({.seconds = one.value("seconds", 0.0),
                                      .who = one.value("who", std::string()),
                                      .what = one.value("what", std::string()),
                                      .answer = one.value("answer", std::string())});
    event.result.journal = line.value("journal", std::string());
    event.result.console = line.value("console", std::string());
    event.result.records = line.value("records", std::map<std::string, std::string>{});
    return event;
}

}  // namespace

std::vector<ScenarioEvent> EventStream::feed(std::string_view bytes) {
    std::vector<ScenarioEvent> events;
    rest_.append(bytes);
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
        const auto line = std::string_view(rest_).substr(begin, end - begin);
        begin = end + 1;
        if (line.empty()) continue;
        try {
            events.push_back(eventOf(nlohmann::json::parse(line)));
        } catch (const std::exception& error) {
            throw TransportError(
                fmt::format("the scenarios program wrote a line that is no event: '{}' ({})", line.substr(0, 200), error.what()));
        }
    }
    rest_.erase(0, begin);
    if (rest_.size() > longestLine) throw TransportError("the scenarios program wrote an event without an end");
    return events;
}

}  // namespace boxtest
