#include "ssh/PatientConnect.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <random>
#include <string_view>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ssh/SshError.hpp"
#include "ssh/TcpConnect.hpp"

namespace boxtest::ssh {

namespace {

constexpr std::string_view greeting = "SSH-";

/// True when the server greets; false when it has closed the connection, or sends the reason why it is about to close it.
bool isGreeted(int socket, std::string_view name, Deadline deadline, const FailureLatch* failure) {
    std::array<char, greeting.size()> begin{};
    for (;;) {
        waitFor(socket, POLLIN, deadline, fmt::format("the SSH server of {}", name), failure);
        const auto got = ::recv(socket, begin.data(), begin.size(), MSG_PEEK | MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return false;
        const std::string_view seen(begin.data(), static_cast<std::size_t>(got));
        if (!greeting.starts_with(seen)) return false;
        if (seen == greeting) return true;
        pauseBetweenTries(std::chrono::milliseconds(10), deadline, failure);
        if (deadline.expired()) throw TimeoutError(fmt::format("timed out waiting for the SSH server of {}", name));
    }
}

/// Random, so that clients that were dropped together do not retry together.
std::chrono::milliseconds somePause() {
    std::random_device source;
    return std::chrono::milliseconds(std::uniform_int_distribution<int>(100, 1000)(source));
}

}  // namespace

FileDescriptor connectPatiently(const std::string& host, std::uint16_t port, Deadline deadline, const FailureLatch* failure) {
    const auto name = fmt::format("{}:{}", host, port);
    for (;;) {
        auto socket = connectTcp(host, port, deadline, failure);
        if (isGreeted(socket.get(), name, deadline, failure)) return socket;
        socket.reset();
        pauseBetweenTries(somePause(), deadline, failure);
        if (deadline.expired())
            throw NotYetListening(fmt::format("{} accepts connections, but no SSH server answers: it drops them", name));
    }
}

}  // namespace boxtest::ssh
