#include "vm/Qmp.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// QEMU's longest answers are some hundred KiB.
constexpr std::size_t longestLine = std::size_t{16} << 20;
constexpr std::size_t mostEvents = 1000;

std::string shown(const std::string& text) {
    const auto part = text.substr(0, 200);
    return json(part).dump(-1, ' ', true, json::error_handler_t::replace);
}

}  // namespace

Qmp Qmp::connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure) {
    const std::string attempted = "cannot connect to the QMP socket '" + socket.string() + "'";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.native().size() >= sizeof address.sun_path) throw SystemError(attempted, ENAMETOOLONG);
    std::memcpy(address.sun_path, socket.c_str(), socket.native().size());

    FileDescriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!descriptor) throw SystemError("cannot make a Unix socket", errno);
    // A Unix socket connects at once or is refused, so this may block only while the backlog is full; it never is.
    const bool connected = ::connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int why = errno;
    ::fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);

    Qmp qmp(std::move(descriptor), failure);
    if (!connected) qmp.lost(SystemError(attempted, why).what(), deadline);
    const auto greeting = qmp.receive(deadline, "QEMU's QMP greeting");
    if (!greeting.contains("QMP"))
        throw TransportError("'" + socket.string() + "' does not speak QMP: it greets with " + shown(greeting.dump()));
    qmp.execute("qmp_capabilities", deadline);
    return qmp;
}

void Qmp::lost(const std::string& how, Deadline deadline) const {
    // QEMU closes its socket a moment before it is known to be dead, and its last words say more.
    if (failure_) poll({}, deadline.within(std::chrono::seconds(5)), failure_);
    throw TransportError(how);
}

void Qmp::send(const std::string& text, Deadline deadline) {
    for (std::size_t done = 0; done < text.size();) {
        const auto sent = ::send(socket_.get(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            waitFor(socket_.get(), POLLOUT, deadline, "QEMU to take a QMP command", failure_);
        } else if (errno != EINTR) {
            lost(std::string("cannot send to QEMU by QMP: ") + std::strerror(errno), deadline);
        }
    }
}

json Qmp::receive(Deadline deadline, const std::string& waitedFor) {
    for (;;) {
        const auto end = buffer_.find('\n', searched_);
        if (end != std::string::npos) {
            const auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            searched_ = 0;
            auto message = json::parse(line, nullptr, false);
            if (!message.is_object())
                throw TransportError("QEMU's QMP socket sent no QMP while waiting for " + waitedFor + ": " + shown(line));
            return message;
        }
        searched_ = buffer_.size();
        if (searched_ > longestLine)
            throw TransportError("QEMU's QMP socket sent a line without an end while waiting for " + waitedFor + ": " +
                                 shown(buffer_));

        waitFor(socket_.get(), POLLIN, deadline, waitedFor, failure_);
        std::array<char, 65536> bytes;
        const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (got > 0) {
            buffer_.append(bytes.data(), static_cast<std::size_t>(got));
        } else if (got == 0) {
            lost("QEMU closed its QMP socket while waiting for " + waitedFor, deadline);
        } else if (errno != EAGAIN && errno != EINTR) {
            lost("lost QEMU's QMP socket while waiting for " + waitedFor + ": " + std::strerror(errno), deadline);
        }
    }
}

void Qmp::keepEvent(json event) {
    if (events_.size() == mostEvents) events_.pop_front();
    events_.push_back(std::move(event));
}

json Qmp::execute(const std::string& command, const json& arguments, Deadline deadline) {
    const auto id = ++lastId_;
    json request{{"execute", command}, {"id", id}};
    if (!arguments.empty()) request["arguments"] = arguments;
    send(request.dump() + "\n", deadline);
    for (;;) {
        auto message = receive(deadline, "QEMU's answer to '" + command + "'");
        if (message.contains("event")) {
            keepEvent(std::move(message));
            continue;
        }
        // An answer to an earlier command whose deadline passed comes late, and is nobody's now.
        if (message.contains("id") && message["id"] != id) continue;
        if (message.contains("return")) return message["return"];
        if (const auto error = message.find("error"); error != message.end() && error->is_object()) {
            throw QmpError(command, error->value("class", "?"), error->value("desc", "?"));
        }
        throw TransportError("QEMU's answer to '" + command + "' is no QMP: " + shown(message.dump()));
    }
}

std::string Qmp::humanCommand(const std::string& commandLine, Deadline deadline) {
    const auto answer = execute("human-monitor-command", {{"command-line", commandLine}}, deadline);
    if (!answer.is_string()) throw TransportError("QEMU's answer to '" + commandLine + "' is no text: " + shown(answer.dump()));
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
