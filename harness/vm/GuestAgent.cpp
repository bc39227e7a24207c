#include "vm/GuestAgent.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <random>

#include "base/Base64.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// The agent's longest answer to what is asked here has some hundred bytes.
constexpr std::size_t longestLine = 65536;
/// Before the command, so that the agent forgets the half of one; before the answer, as its sign (guest-sync-delimited).
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

GuestAgent GuestAgent::connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure) {
    const std::string attempted = "cannot connect to the guest agent's socket '" + socket.string() + "'";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.native().size() >= sizeof address.sun_path) throw SystemError(attempted, ENAMETOOLONG);
    std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
    FileDescriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!descriptor) throw SystemError("cannot make a Unix socket", errno);
    // It is listening already: a Unix socket connects at once, or is refused because QEMU died.
    if (::connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int why = errno;
        if (failure) poll({}, deadline.within(std::chrono::seconds(5)), failure);
        throw TransportError(SystemError(attempted, why).what());
    }
    ::fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);
    return {std::move(descriptor), failure};
}

void GuestAgent::send(const std::string& text, Deadline deadline) {
    for (std::size_t done = 0; done < text.size();) {
        const auto sent = ::send(socket_.get(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            waitFor(socket_.get(), POLLOUT, deadline, "the guest's agent to take a command", failure_);
        } else if (errno != EINTR) {
            throw TransportError(std::string("cannot send to the guest's agent: ") + std::strerror(errno));
        }
    }
}

std::string GuestAgent::receiveLine(Deadline deadline, const std::string& waitedFor) {
    for (;;) {
        if (const auto end = buffer_.find('\n'); end != std::string::npos) {
            auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        if (buffer_.size() > longestLine)
            throw TransportError("the guest's agent sent a line without an end while waiting for " + waitedFor);
        waitFor(socket_.get(), POLLIN, deadline, waitedFor, failure_);
        std::array<char, 4096> bytes;
        const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (got > 0) {
            buffer_.append(bytes.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            // QEMU's death is known a moment later, and its last words say more.
            if (failure_) poll({}, deadline.within(std::chrono::seconds(5)), failure_);
            throw TransportError("QEMU closed the guest agent's socket while waiting for " + waitedFor);
        }
    }
}

void GuestAgent::sync(Deadline deadline) {
    const auto id = randomNumber();
    send(delimiter + json{{"execute", "guest-sync-delimited"}, {"arguments", {{"id", id}}}}.dump() + "\n", deadline);
    for (;;) {
        auto line = receiveLine(deadline, "the guest's agent");
        const auto sign = line.rfind(delimiter);
        // Late answers to what was asked before have no sign, or another number.
        if (sign == std::string::npos) continue;
        const auto answer = json::parse(line.substr(sign + 1), nullptr, false);
        if (answer.is_object() && answer.value("return", json()) == json(id)) return;
    }
}

json GuestAgent::ask(const std::string& command, const json& arguments, Deadline deadline) {
    json request{{"execute", command}};
    if (!arguments.empty()) request["arguments"] = arguments;
    send(request.dump() + "\n", deadline);
    const auto line = receiveLine(deadline, "the guest agent's answer to '" + command + "'");
    auto answer = json::parse(line, nullptr, false);
    if (!answer.is_object() || (!answer.contains("return") && !answer.contains("error")))
        throw TransportError("the guest agent's answer to '" + command +
                             "' is none: " + json(line.substr(0, 200)).dump(-1, ' ', true, json::error_handler_t::replace));
    return answer;
}

json GuestAgent::call(const std::string& command, const json& arguments, Deadline deadline) {
    auto answer = ask(command, arguments, deadline);
    if (answer.contains("error")) throw GuestError("the guest's agent refused '" + command + "': " + description(answer));
    return answer["return"];
}

void GuestAgent::setTime(std::chrono::system_clock::time_point time, Deadline deadline) {
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    const auto answer = ask("guest-set-time", {{"time", nanoseconds}}, deadline);
    if (!answer.contains("error")) return;
    const auto why = description(answer);
    if (why.find("hwclock") == std::string::npos && why.find("hardware clock") == std::string::npos)
        throw GuestError("the guest's agent refused to set the clock: " + why);
}

std::chrono::system_clock::time_point GuestAgent::time(Deadline deadline) {
    const auto answer = call("guest-get-time", json::object(), deadline);
    if (!answer.is_number_integer()) throw TransportError("the guest's agent tells no time: " + answer.dump());
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::nanoseconds(answer.get<std::int64_t>())));
}

void GuestAgent::writeFile(const std::string& path, const std::string& text, Deadline deadline) {
    const auto handle = call("guest-file-open", {{"path", path}, {"mode", "w"}}, deadline);
    call("guest-file-write", {{"handle", handle}, {"buf-b64", base64(text)}}, deadline);
    call("guest-file-close", {{"handle", handle}}, deadline);
}

}  // namespace boxtest
