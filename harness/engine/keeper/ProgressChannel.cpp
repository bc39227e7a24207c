#include "keeper/ProgressChannel.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/Poll.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// A packet must fit into the socket's buffer as a whole.
constexpr std::size_t longestText = 60000;

std::string cut(std::string_view text) {
    return text.size() <= longestText ? std::string(text) : std::string(text.substr(0, longestText)) + "\n[cut]";
}

[[noreturn]] void throwAs(const std::string& kind, const std::string& text) {
    if (kind == toString(ErrorKind::usage)) throw UsageError(text);
    if (kind == toString(ErrorKind::timeout)) throw TimeoutError(text);
    if (kind == toString(ErrorKind::interrupted)) throw InterruptedError(text);
    if (kind == toString(ErrorKind::transport)) throw TransportError(text);
    if (kind == toString(ErrorKind::system)) throw Error(ErrorKind::system, text);
    throw GuestError(text);
}

}  // namespace

void ProgressSender::line(std::string_view text) { send({{"event", "line"}, {"text", cut(text)}}, Deadline::in({})); }

void ProgressSender::waiting(std::string_view what, std::chrono::steady_clock::duration sofar) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(sofar).count();
    send({{"event", "waiting"}, {"what", cut(what)}, {"milliseconds", milliseconds}}, Deadline::in({}));
}

void ProgressSender::ready() noexcept { sendLast({{"event", "ready"}}); }

void ProgressSender::failed(ErrorKind kind, const std::string& text) noexcept {
    sendLast({{"event", "failed"}, {"kind", toString(kind)}, {"text", cut(text)}});
}

void ProgressSender::sendLast(const json& packet) noexcept {
    try {
        send(packet, Deadline::in(std::chrono::seconds(10)));
    } catch (const std::exception&) {
        // The reader is gone.
    }
}

void ProgressSender::send(const json& packet, Deadline deadline) {
    const auto text = packet.dump(-1, ' ', false, json::error_handler_t::replace);
    for (;;) {
        if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return;
        if (errno != EAGAIN && errno != EINTR) return;
        pollfd writable{socket_.get(), POLLOUT, 0};
        if (!poll({&writable, 1}, deadline)) return;
    }
}

std::optional<json> ProgressReader::next(Deadline deadline, const FailureLatch* failure) {
    std::vector<char> buffer(std::size_t{1} << 20);
    for (;;) {
        waitFor(socket_.get(), POLLIN, deadline, "the machine's keeper", failure);
        const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) return std::nullopt;
        return std::make_optional(json::parse(buffer.data(), buffer.data() + got));
    }
}

void ProgressReader::readUntilReady(Log& log, Deadline deadline, const FailureLatch* failure) {
    while (const auto packet = next(deadline, failure)) {
        const auto event = packet->at("event").get<std::string>();
        if (event == "line") log.line(packet->at("text").get<std::string>());
        if (event == "waiting")
            log.waiting(packet->at("what").get<std::string>(),
                        std::chrono::milliseconds(packet->at("milliseconds").get<std::int64_t>()));
        if (event == "failed") throwAs(packet->at("kind").get<std::string>(), packet->at("text").get<std::string>());
        if (event == "ready") return;
    }
    throw TransportError("the machine's keeper died before the guest was ready");
}

void ProgressReader::abandon(Deadline deadline) noexcept {
    ::shutdown(socket_.get(), SHUT_WR);
    try {
        while (next(deadline, nullptr)) continue;
    } catch (const std::exception&) {
        // The deadline has passed: the keeper ends by itself.
    }
}

}  // namespace boxtest
