#include "vm/Ports.hpp"

#include <sstream>

#include "base/Error.hpp"

namespace boxtest {

Ports Ports::fromUsernet(const std::string& text, const Manifest& manifest) {
    Ports ports;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        // "  TCP[HOST_FORWARD]  13       127.0.0.1 39267       10.0.2.15    22     0     0"
        std::istringstream words(line);
        std::string protocol, descriptor, host, guest;
        std::uint16_t hostPort = 0, guestPort = 0;
        if (!(words >> protocol >> descriptor >> host >> hostPort >> guest >> guestPort)) continue;
        if (protocol != "TCP[HOST_FORWARD]" || host != "127.0.0.1") continue;
        if (guestPort == manifest.ssh.port) ports.ssh = hostPort;
        if (guestPort == manifest.web.httpPort) ports.http = hostPort;
        if (guestPort == manifest.web.httpsPort) ports.https = hostPort;
    }
    if (ports.ssh == 0 || ports.http == 0 || ports.https == 0) {
        throw GuestError("QEMU does not forward the guest's ports " + std::to_string(manifest.ssh.port) + ", " +
                         std::to_string(manifest.web.httpPort) + " and " + std::to_string(manifest.web.httpsPort) +
                         " from 127.0.0.1; `info usernet` says:\n" + text);
    }
    return ports;
}

}  // namespace boxtest
