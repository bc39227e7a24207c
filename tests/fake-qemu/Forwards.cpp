#include "Forwards.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>

#include "Output.hpp"

namespace boxtest::fakeqemu {

std::vector<Forward> openForwards(const std::string& netdev) {
    std::vector<Forward> forwards;
    const std::string sign = "hostfwd=tcp:127.0.0.1:0-:";
    for (auto at = netdev.find(sign); at != std::string::npos; at = netdev.find(sign, at + 1)) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 16) != 0)
            die(1, "fake-qemu: cannot listen");
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        const auto guestPort = static_cast<std::uint16_t>(std::atoi(netdev.c_str() + at + sign.size()));
        forwards.push_back({fd, ntohs(address.sin_port), guestPort});
    }
    return forwards;
}

}  // namespace boxtest::fakeqemu
