#include "worker/WorkerCommand.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/Error.hpp"
#include "base/JsonPath.hpp"
#include "worker/Names.hpp"

namespace boxtest {

namespace {

using Kind = WorkerCommand::Kind;

constexpr Names<Kind, 8> commandNames{{{Kind::connect, "connect"},
                                       {Kind::run, "run"},
                                       {Kind::next, "next"},
                                       {Kind::keep, "keep"},
                                       {Kind::discard, "discard"},
                                       {Kind::pause, "pause"},
                                       {Kind::go, "go"},
                                       {Kind::end, "end"}}};

bool hasConnections(Kind kind) { return kind == Kind::connect || kind == Kind::run || kind == Kind::next; }

}  // namespace

std::string WorkerCommand::line() const {
    nlohmann::json value;
    value["command"] = nameOf(commandNames, kind);
    if (kind == Kind::keep) value["folder"] = pathToJson(folder);
    if (kind == Kind::discard) value["reason"] = reason;
    if (hasConnections(kind)) value["connections"] = wordsOf(connections);
    if (kind == Kind::next) {
        value["scenario"] = scenario;
        value["output"] = pathToJson(output);
    }
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

WorkerCommand WorkerCommand::parse(std::string_view line) {
    try {
        const auto value = nlohmann::json::parse(line);
        WorkerCommand command;
        command.kind = valueOf(commandNames, "command", value.at("command").get<std::string>());
        if (command.kind == Kind::keep) command.folder = pathFromJson(value.at("folder"));
        if (command.kind == Kind::discard) command.reason = value.value("reason", std::string());
        if (hasConnections(command.kind))
            command.connections = connectionsOf(value.value("connections", std::vector<std::string>{}));
        if (command.kind == Kind::next) {
            command.scenario = value.at("scenario").get<std::string>();
            command.output = pathFromJson(value.at("output"));
        }
        return command;
    } catch (const std::exception& error) {
        throw TransportError(fmt::format("'{}' is no command for a worker ({})", line.substr(0, 200), error.what()));
    }
}

}  // namespace boxtest
