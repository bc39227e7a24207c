#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace boxtest::fakeqemu {

struct Forward {
    int fd;
    std::uint16_t port;
    std::uint16_t guestPort;
};

/// Opens a listening port on 127.0.0.1 for each hostfwd of the -netdev value.
std::vector<Forward> openForwards(const std::string& netdev);

}  // namespace boxtest::fakeqemu
