#include "Agent.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "Output.hpp"

namespace boxtest::fakeqemu {

using nlohmann::json;

int Agent::watched(bool running) const {
    if (client_ < 0) return options_.agentListener;
    return running && !options_.told("silent-agent") ? client_ : -1;
}

void Agent::serve() {
    if (client_ < 0) {
        client_ = ::accept(options_.agentListener, nullptr, nullptr);
        return;
    }
    char bytes[4096];
    const auto got = ::read(client_, bytes, sizeof bytes);
    if (got <= 0) {
        ::close(client_);
        client_ = -1;
        return;
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
    for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
        auto line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        if (line.starts_with('\xff')) line.erase(0, 1);
        const auto request = json::parse(line, nullptr, false);
        if (request.is_object()) answer(request);
    }
}

void Agent::answer(const json& request) {
    const std::string command = request.value("execute", "");
    const auto arguments = request.value("arguments", json::object());
    auto tell = [&](const json& answer, const std::string& sign = "") { writeAll(client_, sign + answer.dump() + "\n"); };
    auto refuse = [&](const std::string& why) { tell({{"error", {{"class", "GenericError"}, {"desc", why}}}}); };
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
    if (command == "guest-sync-delimited") {
        if (options_.told("stale-agent")) tell({{"return", 1}}, "\xff");
        return tell({{"return", arguments.at("id")}}, "\xff");
    }
    if (options_.told("deaf-agent")) return;
    if (command == "guest-set-time") {
        if (options_.told("refuse-clock")) return refuse("Failed to set time to guest: Operation not permitted");
        if (options_.told("no-hwclock")) return refuse("hwclock failed to set hardware clock to system time");
        return tell({{"return", json::object()}});
    }
    if (command == "guest-get-time") {
        const std::int64_t wrong = options_.told("wrong-clock") ? 3'000'000'000 : 0;
        return tell({{"return", now.count() - wrong}});
    }
    if (command == "guest-file-open" && options_.told("read-only-guest"))
        return refuse("failed to open file: Read-only file system");
    if (command == "guest-file-open") return tell({{"return", 1000}});
    if (command == "guest-file-write") return tell({{"return", {{"count", 33}, {"eof", false}}}});
    if (command == "guest-file-close") return tell({{"return", json::object()}});
    refuse("The command " + command + " has not been found");
}

}  // namespace boxtest::fakeqemu
