#include "tiny/EchoClient.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/UnixAddress.hpp"

namespace boxtest {

EchoClient::EchoClient(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const UnixAddress address(path);
    if (!socket_ || ::connect(socket_.get(), address.get(), address.size()) != 0)
        throw SystemError("cannot connect to '" + path.string() + "'", errno);
}

void EchoClient::send(std::string_view bytes, Deadline deadline) const {
    while (!bytes.empty()) {
        waitFor(socket_.get(), POLLOUT, deadline, "the far end to take what is sent");
        const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) continue;
        if (sent < 0) throw SystemError("cannot send to the far end", errno);
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string EchoClient::receive(std::size_t size, Deadline deadline) const {
    std::string text;
    std::array<char, 16384> buffer{};
    while (text.size() < size) {
        waitFor(socket_.get(), POLLIN, deadline, "the far end's answer");
        const auto got = ::recv(socket_.get(), buffer.data(), std::min(buffer.size(), size - text.size()), 0);
        if (got < 0 && errno == ECONNRESET) break;
        if (got < 0) throw SystemError("cannot receive from the far end", errno);
        if (got == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

void EchoClient::finish() const { ::shutdown(socket_.get(), SHUT_WR); }

std::string EchoClient::exchange(std::string_view text, Deadline deadline) const {
    send(text, deadline);
    return receive(text.size(), deadline);
}

}  // namespace boxtest
