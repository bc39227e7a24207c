#include "unit/fuzz/FuzzTargets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "MountTable.hpp"
#include "ProcNet.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "base/UnixListener.hpp"
#include "db/VerboseMessage.hpp"
#include "manifest/Manifest.hpp"
#include "sabotage/SabotageCatalogue.hpp"
#include "template/StateDifference.hpp"
#include "vm/ConsoleText.hpp"
#include "vm/ConsoleTrouble.hpp"
#include "vm/GuestAgent.hpp"
#include "vm/Qmp.hpp"
#include "vm/Usernet.hpp"
#include "web/HttpClient.hpp"
#include "web/TlsHello.hpp"
#include "worker/EventStream.hpp"

namespace boxtest::fuzz {

namespace {

Deadline soonEnough() { return Deadline::in(std::chrono::seconds(20)); }

void mustHold(bool rule, const char* what) {
    if (!rule) throw std::logic_error(what);
}

/// A boxtest::Error is a valid answer. Any other exception propagates.
template <typename Action>
void answered(Action action) {
    try {
        action();
    } catch (const Error&) {
    }
}

/// Accepts one connection, sends it these bytes whatever it receives, and then shuts down the sending side.
class Speaker {
   public:
    Speaker(FileDescriptor listening, std::string_view bytes) : listening_(std::move(listening)) {
        thread_ = std::thread([this, bytes] {
            const FileDescriptor one(::accept(listening_.get(), nullptr, nullptr));
            auto rest = bytes;
            while (!rest.empty()) {
                const auto sent = ::send(one.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent <= 0) break;
                rest.remove_prefix(static_cast<std::size_t>(sent));
            }
            ::shutdown(one.get(), SHUT_WR);
            // Read the client's input: closing a socket with unread input sends a reset, and the client might lose the bytes.
            char said[4096];
            while (::recv(one.get(), said, sizeof said, 0) > 0) {
            }
        });
    }
    Speaker(const Speaker&) = delete;
    Speaker& operator=(const Speaker&) = delete;
    ~Speaker() {
        ::shutdown(listening_.get(), SHUT_RDWR);
        thread_.join();
    }

   private:
    FileDescriptor listening_;
    std::thread thread_;
};

const std::filesystem::path& folder() {
    static const TemporaryFolder made("fuzz");
    return made.path();
}

template <typename Action>
void whileSpeaking(std::string_view bytes, Action action) {
    const auto socket = folder() / "socket";
    ::unlink(socket.c_str());
    const Speaker speaker(listenUnix(socket, 1, 0), bytes);
    answered([&] { action(socket); });
}

void manifest(std::string_view input) {
    std::ofstream(folder() / "guest.json") << input;
    answered([] { Manifest::load(folder()); });
}

void qmp(std::string_view input) {
    whileSpeaking(input, [](const auto& socket) {
        auto connection = Qmp::connect(socket, soonEnough());
        answered([&] { connection.execute("stop", soonEnough()); });
        mustHold(connection.takeEvents().size() <= 1000, "a flood of events is kept");
        connection.humanCommand("info usernet", soonEnough());
    });
}

void agent(std::string_view input) {
    whileSpeaking(input, [](const auto& socket) {
        auto connection = GuestAgent::connect(socket, soonEnough());
        answered([&] { connection.time(soonEnough()); });
        connection.sync(soonEnough());
    });
}

void http(std::string_view input) {
    const FileDescriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening.get(), 1) != 0) return;
    ::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size);
    const Speaker speaker(FileDescriptor(::dup(listening.get())), input);
    HttpClient client({.domain = "odoo.test", .httpsPort = 1, .httpPort = ntohs(address.sin_port), .caCertificate = "/dev/null"});
    HttpRequest request;
    request.deadline = soonEnough();
    request.bodyLimit = 65536;
    answered([&] {
        const auto response = client.getPlain("/", request);
        mustHold(response.body.size() <= request.bodyLimit, "a body is longer than its limit");
        static_cast<void>(response.describe());
    });
}

void migrationStream(std::string_view input) {
    const std::string ram(16384, 'r');
    if (const auto difference = StateDifference::of(input, ram, "mem")) {
        std::size_t size = 0;
        for (const auto part : difference->parts()) size += part.size();
        // A page that became zero may take a few bytes more than before, but never a whole page.
        mustHold(size <= 2 * input.size() + 65536, "a difference is much longer than the whole");
    }
}

std::string eventsOf(std::string_view input, std::size_t piece) {
    std::string all;
    try {
        EventStream stream;
        while (!input.empty()) {
            for (const auto& event : stream.feed(input.substr(0, piece))) all += event.line();
            input.remove_prefix(std::min(piece, input.size()));
        }
    } catch (const Error& error) {
        all += "error";
    }
    return all;
}

void events(std::string_view input) {
    const auto whole = eventsOf(input, std::string_view::npos);
    if (whole.ends_with("error")) return;
    mustHold(eventsOf(input, 7) == whole, "events depend on the pieces that their bytes come in");
    mustHold(eventsOf(whole, std::string_view::npos) == whole, "an event is not what it was once it was written");
}

void procNet(std::string_view input) {
    answered([&] {
        for (const auto& socket : parseProcNet(input)) static_cast<void>(socket.describe() + socket.reachableAt());
    });
    answered([&] { parseLocalAddresses(input); });
    answered([&] { parseLocalAddresses6(input); });
}

void mountinfo(std::string_view input) {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(input)};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    answered([&] {
        const auto mounts = normalisedMounts(lines, "odoo.service");
        mustHold(mountDifferences(mounts, "here", mounts, "there").empty(), "a table differs from itself");
    });
}

void tls(std::string_view input) { static_cast<void>(TlsAnswer::parse(input).describe()); }

void postgres(std::string_view input) {
    const auto message = VerboseMessage::parse(input);
    mustHold(message.sqlstate.empty() || message.sqlstate.size() == 5, "an SQLSTATE has five characters");
}

void catalogue(std::string_view input) {
    answered([&] { SabotageCatalogue::parse(input, "peer-auth.toml", "peer-auth"); });
}

void console(std::string_view input) {
    ConsoleText whole;
    ConsoleText pieces;
    const auto text = whole.clean(input);
    std::string same;
    for (auto rest = input; !rest.empty(); rest.remove_prefix(1)) same += pieces.clean(rest.substr(0, 1));
    mustHold(text == same, "a console's text depends on the pieces that its bytes come in");
    mustHold(text.find('\x1b') == std::string::npos, "an escape has come through");
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        consoleTrouble(line, GuestPhase::booting);
        static_cast<void>(isKernelStart(line) || isBootsEnd(line));
    }
}

void usernet(std::string_view input) { static_cast<void>(Usernet::parse(std::string(input)).hasConnections()); }

}  // namespace

const std::map<std::string, Target>& targets() {
    static const std::map<std::string, Target> all{{"agent", agent},
                                                   {"catalogue", catalogue},
                                                   {"console", console},
                                                   {"events", events},
                                                   {"guest-json", manifest},
                                                   {"http", http},
                                                   {"migration", migrationStream},
                                                   {"mountinfo", mountinfo},
                                                   {"postgres", postgres},
                                                   {"proc-net", procNet},
                                                   {"qmp", qmp},
                                                   {"tls", tls},
                                                   {"usernet", usernet}};
    return all;
}

}  // namespace boxtest::fuzz
