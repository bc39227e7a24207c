#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "Attempt.hpp"

namespace probe {

namespace {

constexpr int connectMilliseconds = 5000;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address addressOf(const std::string& host, const std::string& port) {
    Address address;
    const auto number = htons(static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10)));
    auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
    auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
    if (::inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = number;
        address.size = sizeof *four;
    } else if (::inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = number;
        address.size = sizeof *six;
    } else {
        throw std::invalid_argument("no such address");
    }
    return address;
}

Attempt connectTcp(Words words) {
    want(words, 2);
    const auto address = addressOf(words[0], words[1]);
    const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return Attempt::failed(errno, "no socket");
    if (::connect(fd, address.get(), address.size) == 0) return Attempt::worked();
    if (errno != EINPROGRESS) return Attempt::failed(errno);
    pollfd ready{fd, POLLOUT, 0};
    if (::poll(&ready, 1, connectMilliseconds) == 0) return Attempt::failed(ETIMEDOUT);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? Attempt::worked() : Attempt::failed(error);
}

Attempt bindTcp(Words words) {
    want(words, 2);
    const auto address = addressOf(words[0], words[1]);
    const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return Attempt::failed(errno, "no socket");
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(fd, address.get(), address.size) != 0) return Attempt::failed(errno);
    return Attempt::of(::listen(fd, 1));
}

/// A datagram to a host: what a service that must not reach the network could still leak by.
Attempt sendUdp(Words words) {
    want(words, 2);
    const auto address = addressOf(words[0], words[1]);
    const int fd = ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return Attempt::failed(errno, "no socket");
    return Attempt::of(::sendto(fd, "x", 1, 0, address.get(), address.size));
}

Attempt connectUnix(Words words) {
    want(words, 1);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (words[0].size() >= sizeof address.sun_path) throw std::invalid_argument("the path is too long");
    std::memcpy(address.sun_path, words[0].data(), words[0].size());
    // The same path may be a stream, a datagram or a packet socket: the wrong type is told by EPROTOTYPE only.
    int error = 0;
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
        const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) return Attempt::failed(errno, "no socket");
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return Attempt::worked();
        error = errno;
        ::close(fd);
        if (error != EPROTOTYPE) break;
    }
    return Attempt::failed(error);
}

struct Family {
    std::string_view name;
    int family, type, protocol;
};

constexpr std::array families{
    Family{"inet", AF_INET, SOCK_STREAM, 0},        Family{"inet6", AF_INET6, SOCK_STREAM, 0},
    Family{"unix", AF_UNIX, SOCK_STREAM, 0},        Family{"netlink", AF_NETLINK, SOCK_RAW, 0},
    Family{"packet", AF_PACKET, SOCK_RAW, 768},     Family{"raw-icmp", AF_INET, SOCK_RAW, IPPROTO_ICMP},
    Family{"alg", AF_ALG, SOCK_SEQPACKET, 0},       Family{"vsock", AF_VSOCK, SOCK_STREAM, 0},
    Family{"bluetooth", AF_BLUETOOTH, SOCK_RAW, 1}, Family{"key", AF_KEY, SOCK_RAW, 2},
};

Attempt openSocket(Words words) {
    want(words, 1);
    for (const auto& family : families)
        if (family.name == words[0]) return Attempt::of(::socket(family.family, family.type | SOCK_CLOEXEC, family.protocol));
    throw std::invalid_argument("no such family of sockets");
}

struct Verb {
    std::string_view name;
    Attempt (*run)(Words words);
};

constexpr std::array verbs{Verb{"connect", connectTcp}, Verb{"bind", bindTcp}, Verb{"send-udp", sendUdp},
                           Verb{"unix", connectUnix}, Verb{"socket", openSocket}};

}  // namespace

bool isNetworkVerb(std::string_view verb) {
    for (const auto& known : verbs)
        if (known.name == verb) return true;
    return false;
}

Attempt tryNetwork(std::string_view verb, Words words) {
    for (const auto& known : verbs)
        if (known.name == verb) return known.run(words);
    throw std::invalid_argument("no such probe");
}

}  // namespace probe
