#include "integration/LoopbackListener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/Error.hpp"
#include "base/UnixAddress.hpp"

namespace boxtest::testing {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

FileDescriptor bindLoopback(std::uint16_t& port) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw SystemError("cannot bind a loopback port", errno);
    port = ntohs(address.sin_port);
    return socket;
}

}  // namespace

FileDescriptor listenOnLoopback(std::uint16_t& port) {
    auto socket = bindLoopback(port);
    if (::listen(socket.get(), 64) != 0) throw SystemError("cannot listen on a loopback port", errno);
    return socket;
}

FileDescriptor holdClosedPort(std::uint16_t& port) { return bindLoopback(port); }

FileDescriptor listenOnUnix(const std::filesystem::path& path) {
    const UnixAddress address(path);
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), address.get(), address.size()) != 0 || ::listen(socket.get(), 64) != 0)
        throw SystemError("cannot listen on '" + path.string() + "'", errno);
    return socket;
}

FileDescriptor connectToUnix(const std::filesystem::path& path) {
    const UnixAddress address(path);
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), address.get(), address.size()) != 0)
        throw SystemError("cannot connect to '" + path.string() + "'", errno);
    return socket;
}

FileDescriptor connectToLoopback(std::uint16_t port) {
    const auto address = loopback(port);
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw SystemError("cannot connect to a loopback port", errno);
    return socket;
}

}  // namespace boxtest::testing
