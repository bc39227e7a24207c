#include "ssh/TcpConnect.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ssh/SshError.hpp"

namespace boxtest::ssh {

FileDescriptor connectTcp(const std::string& host, std::uint16_t port, Deadline deadline, const FailureLatch* failure) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (const int rc = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); rc != 0)
        throw UsageError(fmt::format("'{}' is not a numeric address: {}", host, ::gai_strerror(rc)));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> address(found, &::freeaddrinfo);

    FileDescriptor socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) throw SystemError("cannot make a TCP socket", errno);
    int error = ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR) {
        waitFor(socket.get(), POLLOUT, deadline, fmt::format("a TCP connection to {}:{}", host, port), failure);
        socklen_t size = sizeof error;
        if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    }
    if (error != 0) {
        const auto message = fmt::format("cannot connect to {}:{}: {}", host, port, std::generic_category().message(error));
        if (error == ECONNREFUSED || error == ECONNRESET) throw NotYetListening(message);
        throw TransportError(message);
    }
    const int on = 1;
    if (::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        throw SystemError("cannot set TCP_NODELAY", errno);
    return socket;
}

}  // namespace boxtest::ssh
