#pragma once

#include <cstdint>
#include <string>

#include "manifest/Manifest.hpp"

namespace boxtest {

/// The ports on 127.0.0.1 of the host that lead to the guest's services. The kernel chose them.
struct Ports {
    std::uint16_t ssh = 0;
    std::uint16_t http = 0;
    std::uint16_t https = 0;

    /// From what QEMU's monitor answers to `info usernet`. Throws GuestError when a port is not forwarded from 127.0.0.1.
    static Ports fromUsernet(const std::string& text, const Manifest& manifest);
};

}  // namespace boxtest
