#include "Qmp.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "Console.hpp"
#include "MigrationStream.hpp"
#include "Output.hpp"

namespace boxtest::fakeqemu {

void Qmp::serve() {
    if (client_ < 0) {
        greet();
    } else if (!takeCommands()) {
        ::close(client_);
        client_ = -1;
        buffer_.clear();
    }
}

void Qmp::greet() {
    client_ = ::accept(options_.qmpListener, nullptr, nullptr);
    if (options_.told("hang-before-greeting")) return;
    if (options_.told("garbage-in-qmp")) return writeAll(client_, "SSH-2.0-OpenSSH_10.0\r\n");
    if (options_.told("endless-qmp")) {
        const std::string chunk(1 << 20, ' ');
        for (int i = 0; i < 32; ++i) writeAll(client_, chunk);
        return;
    }
    send({{"QMP",
           {{"version", {{"qemu", {{"major", 10}, {"minor", 0}, {"micro", 2}}}, {"package", "fake"}}},
            {"capabilities", json::array()}}}});
    if (options_.told("close-qmp")) ::shutdown(client_, SHUT_RDWR);
}

void Qmp::send(const json& message) const {
    const auto text = message.dump() + "\r\n";
    if (!options_.told("split-qmp")) return writeAll(client_, text);
    for (const char c : text) writeAll(client_, {&c, 1});
}

bool Qmp::takeCommands() {
    char bytes[4096];
    const auto got = ::read(client_, bytes, sizeof bytes);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
        const auto request = json::parse(buffer_.substr(0, end), nullptr, false);
        buffer_.erase(0, end + 1);
        if (request.is_object()) answer(request);
    }
    return true;
}

void Qmp::answer(const json& request) {
    const std::string command = request.value("execute", "");
    const auto arguments = request.value("arguments", json::object());
    const auto id = request.value("id", json());
    auto succeed = [&](const json& what) { send({{"return", what}, {"id", id}}); };
    if (options_.told("hang-in-qmp") && command != "qmp_capabilities") return;
    if (options_.told("flood-qmp")) {
        for (int i = 0; i < 20000; ++i) send({{"event", "FAKE_FLOOD"}, {"data", {{"number", i}}}});
    }
    if (command == "human-monitor-command") {
        answerHuman(arguments.value("command-line", ""), id);
    } else if (command == "quit") {
        succeed(json::object());
        if (!options_.told("ignore-quit")) std::_Exit(0);
    } else if (command == "migrate-set-capabilities" || command == "migrate-set-parameters") {
        succeed(json::object());
    } else if (command == "set-action") {
        resets_ = arguments.at("reboot") == "reset";
        succeed(json::object());
    } else if (command == "query-status") {
        succeed({{"status", running_ ? "running" : "paused"}, {"running", running_}});
    } else if (command == "fake-reset") {
        succeed(json::object());
        reset();
    } else if (command == "stop" || command == "cont") {
        running_ = command == "cont";
        succeed(json::object());
    } else if (command == "migrate") {
        succeed(json::object());
        saveState(arguments);
    } else if (command == "migrate-incoming") {
        if (!options_.incoming) die(1, "fake-qemu: migrate-incoming without -incoming");
        succeed(json::object());
        loadState(arguments);
    } else if (command == "query-migrate") {
        succeed({{"status", "failed"}, {"error-desc", "Unable to write to file: No space left on device"}});
    } else if (command == "fake-die") {
        die(3, "fake-qemu: the disk image is corrupt; please repair");
    } else if (command == "fake-kvm-error") {
        succeed(json::object());
        writeAll(STDERR_FILENO, "KVM internal error. Suberror: 3\nextra data[0]: 0x0\n");
    } else if (command == "fake-panic") {
        succeed(json::object());
        panic();
    } else if (command == "fake-prompt") {
        succeed(json::object());
        prompt();
    } else if (command == "fake-hang") {
        unanswered_ = id;
    } else if (command == "fake-answer-late") {
        send({{"return", "late"}, {"id", unanswered_}});
        succeed("in time");
    } else if (command == "fake-event") {
        send({{"event", arguments.value("name", "FAKE")}, {"data", arguments}});
        succeed(json::object());
    } else if (command == "fake-answer-nonsense") {
        send({{"id", id}, {"sense", "none"}});
    } else if (command == "qmp_capabilities" || command == "fake-nothing") {
        succeed(json::object());
    } else {
        send({{"error", {{"class", "CommandNotFound"}, {"desc", "The command " + command + " has not been found"}}}, {"id", id}});
    }
}

void Qmp::reset() {
    if (!resets_) std::_Exit(0);
    options_.reboot();
    send({{"event", "RESET"}, {"data", {{"guest", true}, {"reason", "guest-reset"}}}});
    startConsole(options_);
}

void Qmp::tellMigration(const char* status) {
    send({{"event", "MIGRATION"}, {"data", {{"status", "setup"}}}});
    if (!options_.told("hang-in-migration")) send({{"event", "MIGRATION"}, {"data", {{"status", status}}}});
}

/// Writes the state of a fake machine: a fixed text, and the number of times that the machine was frozen. A fork's state contains
/// its RAM too: all pages of its file, except that the last page contains the text.
void Qmp::saveState(const json& arguments) {
    const std::string file = arguments.at("channels").at(0).at("addr").at("filename");
    if (options_.told("fail-migration")) return tellMigration("failed");
    if (options_.told("hang-while-saving")) {
        std::ofstream(file) << "fake";
        return;
    }
    auto state = "fake state " + std::to_string(generation_ + 1) + "\n";
    if (options_.ownRam && !options_.ram.empty()) {
        std::ifstream ram(options_.ram);
        const std::string pages(std::istreambuf_iterator<char>(ram), {});
        constexpr auto page = MigrationStream::page;
        state.resize(page);
        MigrationStream stream;
        stream.header().blocks("mem", pages.size()).part().record(0, pages.substr(0, page), "mem");
        for (std::size_t at = page; at + page < pages.size(); at += page) stream.record(at, pages.substr(at, page));
        state = stream.record(pages.size() - page, state).endOfRecords().last().endOfRecords().bytes;
    }
    std::ofstream(file) << state;
    tellMigration("completed");
}

void Qmp::loadState(const json& arguments) {
    std::string text;
    if (arguments.contains("uri")) {
        const int fd = std::atoi(arguments.at("uri").get<std::string>().c_str() + 3);
        char bytes[65536];
        for (auto got = ::read(fd, bytes, sizeof bytes); got > 0; got = ::read(fd, bytes, sizeof bytes))
            text.append(bytes, static_cast<std::size_t>(got));
    } else {
        const std::string file = arguments.at("channels").at(0).at("addr").at("filename");
        std::ifstream stream(file);
        text.assign(std::istreambuf_iterator<char>(stream), {});
    }
    const auto word = text.find("fake state ");
    if (word == std::string::npos) die(1, "fake-qemu: load of migration failed: Invalid argument");
    generation_ = std::atoi(text.c_str() + word + 11);
    tellMigration("completed");
}

void Qmp::answerHuman(const std::string& commandLine, const json& id) {
    std::string text = "unknown command: '" + commandLine + "'\r\n";
    if (commandLine == "info usernet") {
        text = "net:\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n";
        for (const auto& forward : forwards_) {
            text += "  TCP[HOST_FORWARD]  " + std::to_string(forward.fd) + "       127.0.0.1 " + std::to_string(forward.port) +
                    "       10.0.2.15 " + std::to_string(forward.guestPort) + "     0     0\r\n";
        }
    }
    send({{"return", text}, {"id", id}});
    if (commandLine != "info usernet") return;
    if (options_.told("panic-after-ports")) panic();
    if (options_.told("die-after-ports")) die(1, "fake-qemu: lost the host's memory");
    if (options_.told("kill-after-ports")) std::raise(SIGKILL);
}

}  // namespace boxtest::fakeqemu
