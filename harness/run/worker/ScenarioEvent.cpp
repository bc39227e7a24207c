#include "worker/ScenarioEvent.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/Error.hpp"
#include "base/JsonPath.hpp"
#include "worker/Names.hpp"

namespace boxtest {

namespace {

using nlohmann::json;
using EventKind = ScenarioEvent::Kind;

constexpr Names<EventKind, 10> eventNames{{{EventKind::prepared, "prepared"},
                                           {EventKind::connected, "connected"},
                                           {EventKind::unprepared, "unprepared"},
                                           {EventKind::start, "start"},
                                           {EventKind::failing, "failing"},
                                           {EventKind::paused, "paused"},
                                           {EventKind::end, "end"},
                                           {EventKind::reusable, "reusable"},
                                           {EventKind::released, "released"},
                                           {EventKind::done, "done"}}};

constexpr Names<Verdict, 4> resultNames{{{Verdict::passed, "passed"},
                                         {Verdict::knownGap, "known-gap"},
                                         {Verdict::failed, "failed"},
                                         {Verdict::notRun, "machine-failed"}}};

constexpr Names<NotRunCause, 3> causeNames{{{NotRunCause::machine, "machine"},
                                            {NotRunCause::changeFailed, "change-failed"},
                                            {NotRunCause::changeWithoutEffect, "change-without-effect"}}};

json askedOf(const std::vector<Transcript::Entry>& entries) {
    auto list = json::array();
    for (const auto& one : entries)
        list.push_back({{"seconds", one.seconds}, {"who", one.who}, {"what", one.what}, {"answer", one.answer}});
    return list;
}

std::vector<Transcript::Entry> readAsked(const json& list) {
    std::vector<Transcript::Entry> entries;
    for (const auto& one : list)
        entries.push_back({.seconds = one.at("seconds").get<double>(),
                           .who = one.at("who").get<std::string>(),
                           .what = one.at("what").get<std::string>(),
                           .answer = one.at("answer").get<std::string>()});
    return entries;
}

json endOf(const ScenarioResult& result) {
    json value{{"scenario", result.scenario},
               {"claim", result.claim},
               {"result", nameOf(resultNames, result.verdict)},
               {"seconds", result.duration.count()},
               {"failures", result.failures}};
    if (!result.kept.empty()) value["kept"] = pathToJson(result.kept);
    if (!result.gap.empty()) value["gap"] = result.gap;
    if (!result.records.empty()) value["records"] = result.records;
    if (!result.askedCounts.empty()) value["asked_counts"] = result.askedCounts;
    if (!result.asked.empty()) value["asked"] = askedOf(result.asked);
    if (!result.journal.empty()) value["journal"] = result.journal;
    if (!result.console.empty()) value["console"] = result.console;
    return value;
}

ScenarioResult readEnd(const json& value) {
    ScenarioResult result;
    result.scenario = value.at("scenario").get<std::string>();
    result.claim = value.value("claim", std::string());
    result.verdict = valueOf(resultNames, "result", value.at("result").get<std::string>());
    result.duration = std::chrono::duration<double>(value.value("seconds", 0.0));
    result.failures = value.value("failures", std::vector<std::string>{});
    if (value.contains("kept")) result.kept = pathFromJson(value["kept"]);
    result.gap = value.value("gap", std::string());
    result.records = value.value("records", std::map<std::string, std::string>{});
    result.askedCounts = value.value("asked_counts", std::map<std::string, std::size_t>{});
    if (value.contains("asked")) result.asked = readAsked(value["asked"]);
    result.journal = value.value("journal", std::string());
    result.console = value.value("console", std::string());
    return result;
}

ScenarioEvent read(const json& value) {
    ScenarioEvent event{.kind = valueOf(eventNames, "event", value.at("event").get<std::string>())};
    switch (event.kind) {
        case EventKind::prepared: event.privateMemory = value.value("private_memory", std::uint64_t{0}); break;
        case EventKind::reusable:
        case EventKind::released:
            event.privateMemory = value.value("private_memory", std::uint64_t{0});
            event.connections = connectionsOf(value.value("connections", std::vector<std::string>{}));
            break;
        case EventKind::unprepared:
            event.text = value.at("reason").get<std::string>();
            event.result.cause = valueOf(causeNames, "cause", value.value("cause", std::string("machine")));
            break;
        case EventKind::start:
            event.result.scenario = value.at("scenario").get<std::string>();
            event.result.preparation = std::chrono::duration<double>(value.value("preparation", 0.0));
            break;
        case EventKind::failing: event.result.failures = value.value("failures", std::vector<std::string>{}); break;
        case EventKind::paused: event.text = value.at("machine").dump(); break;
        case EventKind::end: event.result = readEnd(value); break;
        case EventKind::connected:
        case EventKind::done: break;
    }
    return event;
}

}  // namespace

std::string ScenarioEvent::line() const {
    json value;
    switch (kind) {
        case EventKind::prepared: value["private_memory"] = privateMemory; break;
        case EventKind::reusable:
        case EventKind::released: value = {{"private_memory", privateMemory}, {"connections", wordsOf(connections)}}; break;
        case EventKind::unprepared: value = {{"reason", text}, {"cause", nameOf(causeNames, result.cause)}}; break;
        case EventKind::start: value = {{"scenario", result.scenario}, {"preparation", result.preparation.count()}}; break;
        case EventKind::failing: value["failures"] = result.failures; break;
        case EventKind::paused: value["machine"] = json::parse(text); break;
        case EventKind::end: value = endOf(result); break;
        case EventKind::connected:
        case EventKind::done: break;
    }
    value["event"] = nameOf(eventNames, kind);
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

ScenarioEvent ScenarioEvent::parse(std::string_view line) {
    try {
        return read(json::parse(line));
    } catch (const std::exception& error) {
        throw TransportError(
            fmt::format("the scenarios program wrote a line that is no event: '{}' ({})", line.substr(0, 200), error.what()));
    }
}

}  // namespace boxtest
