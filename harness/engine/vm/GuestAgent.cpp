#include "vm/GuestAgent.hpp"

#include <cstdint>
#include <random>

#include "base/Base64.hpp"
#include "base/Error.hpp"

namespace boxtest {

using nlohmann::json;
using std::chrono::system_clock;

namespace {

/// The agent's longest answer to the commands used here has a few hundred bytes.
constexpr std::size_t longestAgentAnswer = 65536;
/// Sent before the command, so that the agent discards an incomplete one; received before the answer, as its mark
/// (guest-sync-delimited).
constexpr char delimiter = '\xff';

std::int64_t randomNumber() {
    std::random_device device;
    return static_cast<std::int64_t>(device() & 0x7fffffffU);
}

std::string description(const json& answer) {
    const auto& error = answer["error"];
    return error.is_object() ? error.value("desc", "?") : error.dump();
}

}  // namespace

GuestAgent GuestAgent::connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure,
                               const FailureLatch* stopping) {
    return GuestAgent(QemuSocket::connect("guest agent", socket, longestAgentAnswer, deadline, failure, stopping));
}

void GuestAgent::sync(Deadline deadline) {
    const auto id = randomNumber();
    socket_.send(delimiter + json{{"execute", "guest-sync-delimited"}, {"arguments", {{"id", id}}}}.dump() + "\n", deadline);
    for (;;) {
        auto line = socket_.receiveLine(deadline, "the guest's agent");
        const auto sign = line.rfind(delimiter);
        // Late answers to earlier requests have no delimiter, or another number.
        if (sign == std::string::npos) continue;
        const auto answer = json::parse(line.substr(sign + 1), nullptr, false);
        if (answer.is_object() && answer.value("return", json()) == json(id)) return;
    }
}

void GuestAgent::ask(const std::string& command, const json& arguments, Deadline deadline) {
    json request{{"execute", command}};
    if (!arguments.empty()) request["arguments"] = arguments;
    socket_.send(request.dump() + "\n", deadline);
}

json GuestAgent::answer(const std::string& command, Deadline deadline) {
    const auto line = socket_.receiveLine(deadline, "the guest agent's answer to '" + command + "'");
    auto answer = json::parse(line, nullptr, false);
    if (!answer.is_object() || (!answer.contains("return") && !answer.contains("error")))
        throw TransportError("the guest agent's answer to '" + command + "' is not an answer: " + QemuSocket::shown(line));
    return answer;
}

json GuestAgent::result(const std::string& command, Deadline deadline) {
    auto told = answer(command, deadline);
    if (told.contains("error")) throw GuestError("the guest's agent refused '" + command + "': " + description(told));
    return told["return"];
}

json GuestAgent::call(const std::string& command, const json& arguments, Deadline deadline) {
    ask(command, arguments, deadline);
    return result(command, deadline);
}

system_clock::time_point GuestAgent::setTime(system_clock::time_point time, Deadline deadline) {
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    ask("guest-set-time", {{"time", nanoseconds}}, deadline);
    ask("guest-get-time", json::object(), deadline);
    const auto set = answer("guest-set-time", deadline);
    const auto told = timeTold(deadline);
    if (!set.contains("error")) return told;
    const auto why = description(set);
    if (why.find("hwclock") == std::string::npos && why.find("hardware clock") == std::string::npos)
        throw GuestError("the guest's agent refused to set the clock: " + why);
    return told;
}

system_clock::time_point GuestAgent::time(Deadline deadline) {
    ask("guest-get-time", json::object(), deadline);
    return timeTold(deadline);
}

system_clock::time_point GuestAgent::timeTold(Deadline deadline) {
    const auto told = result("guest-get-time", deadline);
    if (!told.is_number_integer()) throw TransportError("the guest's agent returned no time: " + told.dump());
    return system_clock::time_point(
        std::chrono::duration_cast<system_clock::duration>(std::chrono::nanoseconds(told.get<std::int64_t>())));
}

void GuestAgent::writeFile(const std::string& path, const std::string& text, Deadline deadline) {
    const auto handle = call("guest-file-open", {{"path", path}, {"mode", "w"}}, deadline);
    ask("guest-file-write", {{"handle", handle}, {"buf-b64", base64(text)}}, deadline);
    ask("guest-file-close", {{"handle", handle}}, deadline);
    const auto written = answer("guest-file-write", deadline);
    result("guest-file-close", deadline);
    if (written.contains("error")) throw GuestError("the guest's agent cannot write '" + path + "': " + description(written));
}

}  // namespace boxtest
