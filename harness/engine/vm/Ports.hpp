#pragma once

#include <cstdint>

#include "guest/Guest.hpp"
#include "vm/Usernet.hpp"

namespace boxtest {

/// The ports on 127.0.0.1 of the host that are forwarded to the guest's services. The kernel chose them.
struct Ports {
    std::uint16_t ssh = 0;
    std::uint16_t http = 0;
    std::uint16_t https = 0;

    /// Throws GuestError when a port of the guest is not forwarded from 127.0.0.1.
    static Ports forwardedBy(const Usernet& network, const Guest& guest);
};

}  // namespace boxtest
