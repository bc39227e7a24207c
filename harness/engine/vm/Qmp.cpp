#include "vm/Qmp.hpp"

#include <algorithm>

#include "base/Error.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// QEMU's longest answers have a few hundred KiB.
constexpr std::size_t longestQmpMessage = std::size_t{16} << 20;
constexpr std::size_t mostEvents = 1000;

std::string textOf(const json& request) {
    try {
        return request.dump() + "\n";
    } catch (const json::type_error&) {
        throw UsageError("QEMU cannot use a path that is not UTF-8: " +
                         request.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 400) +
                         "; choose another folder (XDG_CACHE_HOME)");
    }
}

}  // namespace

Qmp Qmp::connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure,
                 const FailureLatch* stopping) {
    Qmp qmp(QemuSocket::connect("QMP", socket, longestQmpMessage, deadline, failure, stopping));
    const auto greeting = qmp.receive(deadline, "QEMU's QMP greeting");
    if (!greeting.contains("QMP"))
        throw TransportError("'" + socket.string() + "' does not speak QMP: it greets with " +
                             QemuSocket::shown(greeting.dump()));
    qmp.execute("qmp_capabilities", deadline);
    return qmp;
}

json Qmp::receive(Deadline deadline, const std::string& waitedFor) {
    const auto line = socket_.receiveLine(deadline, waitedFor);
    auto message = json::parse(line, nullptr, false);
    if (!message.is_object())
        throw TransportError("QEMU's QMP socket sent no QMP while waiting for " + waitedFor + ": " + QemuSocket::shown(line));
    return message;
}

void Qmp::keepEvent(json event) {
    if (events_.size() == mostEvents) events_.pop_front();
    events_.push_back(std::move(event));
}

json Qmp::execute(const std::string& command, const json& arguments, Deadline deadline) {
    const auto id = ++lastId_;
    json request{{"execute", command}, {"id", id}};
    if (!arguments.empty()) request["arguments"] = arguments;
    socket_.send(textOf(request), deadline);
    for (;;) {
        auto message = receive(deadline, "QEMU's answer to '" + command + "'");
        if (message.contains("event")) {
            keepEvent(std::move(message));
            continue;
        }
        // A late answer to an earlier command, whose deadline has passed: it is skipped.
        if (message.contains("id") && message["id"] != id) continue;
        if (message.contains("return")) return message["return"];
        if (const auto error = message.find("error"); error != message.end() && error->is_object()) {
            throw QmpError(command, error->value("class", "?"), error->value("desc", "?"));
        }
        throw TransportError("QEMU's answer to '" + command + "' is not QMP: " + QemuSocket::shown(message.dump()));
    }
}

std::string Qmp::humanCommand(const std::string& commandLine, Deadline deadline) {
    const auto answer = execute("human-monitor-command", {{"command-line", commandLine}}, deadline);
    if (!answer.is_string())
        throw TransportError("QEMU's answer to '" + commandLine + "' is not text: " + QemuSocket::shown(answer.dump()));
    return answer;
}

json Qmp::waitForEvent(const std::string& name, Deadline deadline) {
    for (;;) {
        while (!events_.empty()) {
            auto event = std::move(events_.front());
            events_.pop_front();
            if (event["event"] == name) return event;
        }
        auto message = receive(deadline, "QEMU's event " + name);
        if (message.contains("event")) keepEvent(std::move(message));
    }
}

std::vector<json> Qmp::takeEvents() {
    std::vector<json> taken(std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end()));
    events_.clear();
    return taken;
}

}  // namespace boxtest
