#include "worker/WorkerCommand.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/Error.hpp"
#include "base/JsonPath.hpp"

namespace boxtest {

namespace {

using Kind = WorkerCommand::Kind;

constexpr std::array<std::pair<Kind, const char*>, 7> commandNames{{{Kind::connect, "connect"},
                                                                    {Kind::run, "run"},
                                                                    {Kind::keep, "keep"},
                                                                    {Kind::discard, "discard"},
                                                                    {Kind::pause, "pause"},
                                                                    {Kind::go, "go"},
                                                                    {Kind::end, "end"}}};

Kind kindOf(const std::string& name) {
    for (const auto& [kind, text] : commandNames)
        if (name == text) return kind;
    throw std::invalid_argument("unknown command '" + name + "'");
}

}  // namespace

std::string WorkerCommand::line() const {
    nlohmann::json value;
    for (const auto& [one, text] : commandNames)
        if (one == kind) value["command"] = text;
    if (kind == Kind::keep) value["folder"] = pathToJson(folder);
    if (kind == Kind::discard) value["reason"] = reason;
    if (kind == Kind::connect || kind == Kind::run) value["connections"] = wordsOf(connections);
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

WorkerCommand WorkerCommand::parse(std::string_view line) {
    try {
        const auto value = nlohmann::json::parse(line);
        WorkerCommand command;
        command.kind = kindOf(value.at("command").get<std::string>());
        if (command.kind == Kind::keep) command.folder = pathFromJson(value.at("folder"));
        if (command.kind == Kind::discard) command.reason = value.value("reason", std::string());
        if (command.kind == Kind::connect || command.kind == Kind::run)
            command.connections = connectionsOf(value.value("connections", std::vector<std::string>{}));
        return command;
    } catch (const std::exception& error) {
        throw TransportError(fmt::format("'{}' is no command for a worker ({})", line.substr(0, 200), error.what()));
    }
}

}  // namespace boxtest
