// Stands in for qemu-system-* and qemu-img in tests: it takes the options that the harness gives, prints a console, answers QMP
// and `info usernet`, writes and reads states, answers as the guest's agent, and misbehaves as it is told: by words
// "fake.<behaviour>" in -append (or "kvm.<behaviour>", which count under -accel kvm only), by $BOXTEST_FAKE_QEMU_BEHAVIOUR
// (comma-separated, without prefix), and by QMP commands "fake-...".
//
// Behaviours: die-at-start, die-after-ports, kill-after-ports, ignore-sigterm, ignore-quit, silent-console, panic,
// panic-after-ports, prompt, flood-console, hang-before-greeting, hang-in-qmp, close-qmp, garbage-in-qmp, endless-qmp,
// flood-qmp, split-qmp, no-forwards, kvm-error, kvm-abort, fail-migration, hang-in-migration, die-incoming, silent-agent,
// deaf-agent (only guest-sync is answered), wrong-clock, no-hwclock, refuse-clock, read-only-guest, stale-agent (answers of
// somebody else first). "rebooted.<behaviour>" begins with the reboot that "fake-reset" makes.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using nlohmann::json;

namespace {

void writeAll(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void say(std::string_view text) { writeAll(STDOUT_FILENO, text); }

[[noreturn]] void die(int status, const std::string& words) {
    writeAll(STDERR_FILENO, words + "\n");
    std::_Exit(status);
}

/// In pieces, with what a terminal would see around them.
void panic() {
    say("[    1.234567] BUG: unable to handle page fault for addr");
    say("ess: ffffffffdeadbeef\r\n[    1.234568] Oops: 0002 [#1] PREEMPT SMP\r\n");
    say("[    1.234569] \x1b[1;31mKernel panic - not sync");
    say("ing: Fatal exception\x1b[0m\r\n[    1.234570] ---[ end Kernel panic - not syncing: Fatal exception ]---\r\n");
}

void prompt() { say("\r\nBusyBox v1.37 built-in shell (ash)\r\n\r\n(initramfs) "); }

struct Forward {
    int fd;
    std::uint16_t port;
    std::uint16_t guestPort;
};

class FakeQemu {
   public:
    explicit FakeQemu(const std::vector<std::string>& arguments) {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const std::string value = i + 1 < arguments.size() ? arguments[i + 1] : "";
            if (arguments[i] == "-accel") kvm_ = value == "kvm";
            if (arguments[i] == "-append") commandLine_ = value;
            if (arguments[i] == "-netdev" && value.starts_with("user,")) netdev_ = value;
            if (arguments[i] == "-incoming") incoming_ = true;
            if (arguments[i] == "-chardev" && value.starts_with("socket,")) {
                const int fd = std::atoi(value.c_str() + value.find(",fd=") + 4);
                (value.find("id=agent") != std::string::npos ? agentListener_ : qmpListener_) = fd;
            }
            if (arguments[i] == "-object" && value.find("mem-path=") != std::string::npos) {
                const auto at = value.find("mem-path=") + 9;
                const auto ram = value.substr(at, value.find(',', at) - at);
                // Opened for reading only when forked, as QEMU does.
                std::FILE* file = std::fopen(ram.c_str(), value.find("share=on") != std::string::npos ? "r+" : "r");
                if (!file) die(1, "fake-qemu: can't open backing store " + ram + " for guest RAM: No such file or directory");
                std::fclose(file);
                ownRam_ = value.find("share=on") == std::string::npos;
            }
        }
        readBehaviours();
    }

    int run() {
        if (told("ignore-sigterm")) std::signal(SIGTERM, SIG_IGN);
        std::signal(SIGPIPE, SIG_IGN);
        if (told("die-at-start")) die(1, "fake-qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory");
        if (told("kvm-abort")) {
            writeAll(STDERR_FILENO,
                     "fake-qemu: error: failed to set MSR 0x10a to 0x0\nfake-qemu: kvm.c:3301: Assertion `ret' failed.\n");
            std::abort();
        }
        if (told("kvm-error")) writeAll(STDERR_FILENO, "KVM internal error. Suberror: 1\nEAX=00000000 EBX=00000000\n");
        if (!told("no-forwards")) openForwards();
        if (incoming_ && told("die-incoming")) die(1, "fake-qemu: cannot take a state");
        if (!incoming_) startConsole();
        running_ = !incoming_;
        serve();
        return 0;
    }

   private:
    bool told(const char* behaviour) const { return behaviours_.contains(behaviour); }

    void readBehaviours() {
        std::istringstream words(commandLine_);
        for (std::string word; words >> word;) {
            if (word.starts_with("fake.")) behaviours_.insert(word.substr(5));
            if (word.starts_with("kvm.") && kvm_) behaviours_.insert(word.substr(4));
        }
        const char* more = std::getenv("BOXTEST_FAKE_QEMU_BEHAVIOUR");
        std::istringstream list(more ? more : "");
        for (std::string one; std::getline(list, one, ',');) behaviours_.insert(one);
    }

    void openForwards() {
        const std::string sign = "hostfwd=tcp:127.0.0.1:0-:";
        for (auto at = netdev_.find(sign); at != std::string::npos; at = netdev_.find(sign, at + 1)) {
            const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            socklen_t size = sizeof address;
            if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 16) != 0)
                die(1, "fake-qemu: cannot listen");
            ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
            const auto guestPort = static_cast<std::uint16_t>(std::atoi(netdev_.c_str() + at + sign.size()));
            forwards_.push_back({fd, ntohs(address.sin_port), guestPort});
        }
    }

    void startConsole() {
        if (told("silent-console") || told("kvm-error")) return;
        say("\x1b[2J\x1b[H[    0.000000] Linux version 6.12.0-fake (gcc)\r\n[    0.000001] Command line: " + commandLine_ +
            "\r\n");
        if (told("flood-console")) {
            const std::string chunk(1 << 20, 'x');
            for (int i = 0; i < 16; ++i) say(chunk);
            for (int i = 0; i < 200000; ++i) say("a line of the flood\r\n");
            say("the flood is over\r\n");
        }
        if (told("panic")) panic();
        if (told("prompt")) prompt();
    }

    /// Like QEMU: one client at a time; a forwarded connection that nothing in the guest takes is accepted, then closed.
    void serve() {
        for (;;) {
            std::vector<pollfd> watched{{client_ >= 0 ? client_ : qmpListener_, POLLIN, 0}};
            const std::size_t first = 2;
            // A guest that is stopped answers nobody.
            const bool agentHears = running_ && !told("silent-agent");
            watched.push_back({agentClient_ >= 0 ? (agentHears ? agentClient_ : -1) : agentListener_, POLLIN, 0});
            for (const auto& forward : forwards_) watched.push_back({forward.fd, POLLIN, 0});
            if (::poll(watched.data(), watched.size(), -1) < 0) continue;
            if (watched[1].revents != 0) serveAgent();
            for (std::size_t i = first; i < watched.size(); ++i) {
                if (watched[i].revents != 0) ::close(::accept(watched[i].fd, nullptr, nullptr));
            }
            if (watched[0].revents == 0) continue;
            if (client_ < 0) {
                greet();
            } else if (!takeCommands()) {
                ::close(client_);
                client_ = -1;
                buffer_.clear();
            }
        }
    }

    void greet() {
        client_ = ::accept(qmpListener_, nullptr, nullptr);
        if (told("hang-before-greeting")) return;
        if (told("garbage-in-qmp")) return writeAll(client_, "SSH-2.0-OpenSSH_10.0\r\n");
        if (told("endless-qmp")) {
            const std::string chunk(1 << 20, ' ');
            for (int i = 0; i < 32; ++i) writeAll(client_, chunk);
            return;
        }
        send({{"QMP",
               {{"version", {{"qemu", {{"major", 10}, {"minor", 0}, {"micro", 2}}}, {"package", "fake"}}},
                {"capabilities", json::array()}}}});
        if (told("close-qmp")) ::shutdown(client_, SHUT_RDWR);
    }

    void send(const json& message) const {
        const auto text = message.dump() + "\r\n";
        if (!told("split-qmp")) return writeAll(client_, text);
        for (const char c : text) writeAll(client_, {&c, 1});
    }

    bool takeCommands() {
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

    void answer(const json& request) {
        const std::string command = request.value("execute", "");
        const auto arguments = request.value("arguments", json::object());
        const auto id = request.value("id", json());
        auto succeed = [&](const json& what) { send({{"return", what}, {"id", id}}); };
        if (told("hang-in-qmp") && command != "qmp_capabilities") return;
        if (told("flood-qmp")) {
            for (int i = 0; i < 20000; ++i) send({{"event", "FAKE_FLOOD"}, {"data", {{"number", i}}}});
        }
        if (command == "human-monitor-command") {
            answerHuman(arguments.value("command-line", ""), id);
        } else if (command == "quit") {
            succeed(json::object());
            if (!told("ignore-quit")) std::_Exit(0);
        } else if (command == "migrate-set-capabilities" || command == "migrate-set-parameters") {
            succeed(json::object());
        } else if (command == "set-action") {
            resets_ = arguments.at("reboot") == "reset";
            succeed(json::object());
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
            if (!incoming_) die(1, "fake-qemu: migrate-incoming without -incoming");
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
            send({{"error", {{"class", "CommandNotFound"}, {"desc", "The command " + command + " has not been found"}}},
                  {"id", id}});
        }
    }

    /// What a guest does that reboots. Without set-action QEMU ends then, because of -no-reboot.
    void reset() {
        if (!resets_) std::_Exit(0);
        const auto known = behaviours_;
        for (const auto& behaviour : known)
            if (behaviour.starts_with("rebooted.")) behaviours_.insert(behaviour.substr(9));
        send({{"event", "RESET"}, {"data", {{"guest", true}, {"reason", "guest-reset"}}}});
        startConsole();
    }

    void tellMigration(const char* status) {
        send({{"event", "MIGRATION"}, {"data", {{"status", "setup"}}}});
        if (!told("hang-in-migration")) send({{"event", "MIGRATION"}, {"data", {{"status", status}}}});
    }

    /// The state of a fake machine: a word, and how often it was frozen.
    void saveState(const json& arguments) {
        const std::string file = arguments.at("channels").at(0).at("addr").at("filename");
        if (told("fail-migration")) return tellMigration("failed");
        std::ofstream stream(file);
        stream << "fake state " << generation_ + 1 << "\n";
        // RAM that is nobody else's is in the state.
        if (ownRam_) stream << std::string(1 << 20, 'r') << "\n";
        stream.close();
        tellMigration("completed");
    }

    void loadState(const json& arguments) {
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
        if (!text.starts_with("fake state ")) die(1, "fake-qemu: load of migration failed: Invalid argument");
        generation_ = std::atoi(text.c_str() + 11);
        tellMigration("completed");
    }

    void serveAgent() {
        if (agentClient_ < 0) {
            agentClient_ = ::accept(agentListener_, nullptr, nullptr);
            return;
        }
        char bytes[4096];
        const auto got = ::read(agentClient_, bytes, sizeof bytes);
        if (got <= 0) {
            ::close(agentClient_);
            agentClient_ = -1;
            return;
        }
        agentBuffer_.append(bytes, static_cast<std::size_t>(got));
        for (auto end = agentBuffer_.find('\n'); end != std::string::npos; end = agentBuffer_.find('\n')) {
            auto line = agentBuffer_.substr(0, end);
            agentBuffer_.erase(0, end + 1);
            if (line.starts_with('\xff')) line.erase(0, 1);
            const auto request = json::parse(line, nullptr, false);
            if (request.is_object()) answerAsAgent(request);
        }
    }

    void answerAsAgent(const json& request) {
        const std::string command = request.value("execute", "");
        const auto arguments = request.value("arguments", json::object());
        auto tell = [&](const json& answer, const std::string& sign = "") {
            writeAll(agentClient_, sign + answer.dump() + "\n");
        };
        auto refuse = [&](const std::string& why) { tell({{"error", {{"class", "GenericError"}, {"desc", why}}}}); };
        const auto now =
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
        if (command == "guest-sync-delimited") {
            if (told("stale-agent")) tell({{"return", 1}}, "\xff");
            return tell({{"return", arguments.at("id")}}, "\xff");
        }
        if (told("deaf-agent")) return;
        if (command == "guest-set-time") {
            if (told("refuse-clock")) return refuse("Failed to set time to guest: Operation not permitted");
            if (told("no-hwclock")) return refuse("hwclock failed to set hardware clock to system time");
            return tell({{"return", json::object()}});
        }
        if (command == "guest-get-time") {
            const std::int64_t wrong = told("wrong-clock") ? 3'000'000'000 : 0;
            return tell({{"return", now.count() - wrong}});
        }
        if (command == "guest-file-open" && told("read-only-guest")) return refuse("failed to open file: Read-only file system");
        if (command == "guest-file-open") return tell({{"return", 1000}});
        if (command == "guest-file-write") return tell({{"return", {{"count", 33}, {"eof", false}}}});
        if (command == "guest-file-close") return tell({{"return", json::object()}});
        refuse("The command " + command + " has not been found");
    }

    void answerHuman(const std::string& commandLine, const json& id) {
        std::string text = "unknown command: '" + commandLine + "'\r\n";
        if (commandLine == "info usernet") {
            text = "net:\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n";
            for (const auto& forward : forwards_) {
                text += "  TCP[HOST_FORWARD]  " + std::to_string(forward.fd) + "       127.0.0.1 " +
                        std::to_string(forward.port) + "       10.0.2.15 " + std::to_string(forward.guestPort) +
                        "     0     0\r\n";
            }
        }
        send({{"return", text}, {"id", id}});
        if (commandLine != "info usernet") return;
        if (told("panic-after-ports")) panic();
        if (told("die-after-ports")) die(1, "fake-qemu: lost the host's memory");
        if (told("kill-after-ports")) std::raise(SIGKILL);
    }

    bool kvm_ = false;
    std::string commandLine_;
    std::string netdev_;
    std::set<std::string> behaviours_;
    int qmpListener_ = -1;
    int client_ = -1;
    int agentListener_ = -1;
    int agentClient_ = -1;
    std::string agentBuffer_;
    bool incoming_ = false;
    bool ownRam_ = true;
    bool running_ = false;
    bool resets_ = false;
    int generation_ = 0;
    std::string buffer_;
    json unanswered_;
    std::vector<Forward> forwards_;
};

/// qemu-img create ... -b BACKING OVERLAY, or create ... IMAGE SIZE
int createImage(const std::vector<std::string>& arguments) {
    std::string backing;
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
        if (arguments[i] == "-b") backing = arguments[i + 1];
    }
    if (backing.empty()) {
        std::ofstream(arguments[arguments.size() - 2]) << "fake empty image\n";
        return 0;
    }
    if (!std::ifstream(backing))
        die(1, "qemu-img: " + arguments.back() + ": Could not open '" + backing + "': No such file or directory");
    std::ofstream(arguments.back()) << "fake overlay of " << backing << "\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments[0] == "create") return createImage(arguments);
    if (!arguments.empty() && arguments[0] == "info") {
        std::cout << R"({"virtual-size": 1048576, "format": "qcow2"})"
                  << "\n";
        return 0;
    }
    if (!arguments.empty() && arguments[0] == "convert") {
        std::ofstream(arguments.back()) << "fake flattened image\n";
        return 0;
    }
    if (!arguments.empty() && arguments[0] == "--version") {
        const char* version = std::getenv("BOXTEST_FAKE_QEMU_VERSION");
        std::cout << "QEMU emulator version " << (version ? version : "10.0.2 (fake)") << "\nCopyright nobody\n";
        return 0;
    }
    return FakeQemu(arguments).run();
}
