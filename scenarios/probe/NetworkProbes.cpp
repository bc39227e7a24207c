#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "Attempt.hpp"

namespace probe {

namespace {

constexpr int connectMilliseconds = 5000;
constexpr int loginMilliseconds = 30000;

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

/// Sends a datagram to a host: a way for a service without network access to leak data.
Attempt sendUdp(Words words) {
    want(words, 2);
    const auto address = addressOf(words[0], words[1]);
    const int fd = ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return Attempt::failed(errno, "no socket");
    return Attempt::of(::sendto(fd, "x", 1, 0, address.get(), address.size));
}

struct UnixAddress {
    sockaddr_un name{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

/// "@name" is in the abstract namespace, which has no files and therefore no modes.
UnixAddress unixAddressOf(const std::string& path) {
    UnixAddress address;
    address.name.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.name.sun_path) throw std::invalid_argument("no path of a socket");
    std::memcpy(address.name.sun_path, path.data(), path.size());
    if (path[0] == '@') address.name.sun_path[0] = '\0';
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    return address;
}

Attempt connectUnix(Words words) {
    want(words, 1);
    const auto address = unixAddressOf(words[0]);
    // The path may be a stream, a datagram or a packet socket: only EPROTOTYPE reveals a wrong type.
    int error = 0;
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
        const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) return Attempt::failed(errno, "no socket");
        if (::connect(fd, address.get(), address.size) == 0) return Attempt::worked();
        error = errno;
        ::close(fd);
        if (error != EPROTOTYPE) break;
    }
    return Attempt::failed(error);
}

/// Logs in to PostgreSQL's socket as a role: sends the protocol's start-up message, and evaluates the kind of the answer. EACCES
/// if the server refuses, with its SQLSTATE. https://www.postgresql.org/docs/current/protocol-message-formats.html
Attempt loginAtPostgresql(Words words) {
    want(words, 3);
    const auto address = unixAddressOf(words[0]);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return Attempt::failed(errno, "no socket");
    if (::connect(fd, address.get(), address.size) != 0) return Attempt::failed(errno);
    std::string message("\0\0\0\0\0\3\0\0", 8);
    for (const auto& word : {std::string("user"), words[1], std::string("database"), words[2], std::string()})
        message.append(word.c_str(), word.size() + 1);
    const auto length = htonl(static_cast<std::uint32_t>(message.size()));
    std::memcpy(message.data(), &length, sizeof length);
    if (::send(fd, message.data(), message.size(), MSG_NOSIGNAL) < 0) return Attempt::failed(errno);
    std::array<char, 1024> bytes{};
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, loginMilliseconds) <= 0) return Attempt::failed(ETIMEDOUT);
    const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (got <= 9) return Attempt::failed(got < 0 ? errno : ECONNRESET, "no answer");
    // A kind and a length; then for 'R' the requested method (0: none), for 'E' fields, each a letter and a text.
    if (bytes[0] == 'R') return bytes[8] == 0 ? Attempt::worked() : Attempt::failed(EKEYREJECTED, "a password is asked for");
    const std::string_view answer(bytes.data(), static_cast<std::size_t>(got));
    const auto code = answer.find(std::string_view("\0C", 2));
    return Attempt::failed(EACCES, std::string(code == std::string_view::npos ? "no SQLSTATE" : answer.substr(code + 2, 5)));
}

/// The visible network cards, except loopback.
Attempt networkCards(Words words) {
    want(words, 0);
    std::ifstream lines("/proc/self/net/dev");
    if (!lines) return Attempt::failed(errno);
    std::string names;
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(':');
        const auto begin = line.find_first_not_of(' ');
        if (colon != std::string::npos && line.substr(begin, colon - begin) != "lo")
            names += line.substr(begin, colon - begin) + " ";
    }
    return names.empty() ? Attempt::failed(ENODEV, "none") : Attempt::worked(names);
}

struct Family {
    std::string_view name;
    int family, type, protocol;
};

constexpr std::array families{
    Family{"inet", AF_INET, SOCK_STREAM, 0},
    Family{"inet6", AF_INET6, SOCK_STREAM, 0},
    Family{"unix", AF_UNIX, SOCK_STREAM, 0},
    Family{"netlink", AF_NETLINK, SOCK_RAW, 0},
    Family{"packet", AF_PACKET, SOCK_RAW, 768},
    Family{"raw-icmp", AF_INET, SOCK_RAW, IPPROTO_ICMP},
    Family{"alg", AF_ALG, SOCK_SEQPACKET, 0},
    Family{"vsock", AF_VSOCK, SOCK_STREAM, 0},
    Family{"bluetooth", AF_BLUETOOTH, SOCK_RAW, 1},
    Family{"key", AF_KEY, SOCK_RAW, 2},
    Family{"inet-udp", AF_INET, SOCK_DGRAM, 0},
    Family{"raw-ip", AF_INET, SOCK_RAW, IPPROTO_RAW},
    Family{"can", AF_CAN, SOCK_RAW, 1},
    Family{"tipc", 30 /* AF_TIPC */, SOCK_RDM, 0},
    Family{"ax25", AF_AX25, SOCK_DGRAM, 0},
    Family{"xdp", 44 /* AF_XDP */, SOCK_RAW, 0},
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

constexpr std::array verbs{Verb{"connect", connectTcp},        Verb{"bind", bindTcp},      Verb{"send-udp", sendUdp},
                           Verb{"unix", connectUnix},          Verb{"socket", openSocket}, Verb{"postgresql", loginAtPostgresql},
                           Verb{"network-cards", networkCards}};

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
