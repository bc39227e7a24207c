#include "vm/Ports.hpp"

#include "base/Error.hpp"

namespace boxtest {

Ports Ports::forwardedBy(const Usernet& network, const Guest& guest) {
    Ports ports;
    for (const auto& entry : network.entries) {
        if (entry.kind != "TCP[HOST_FORWARD]" || entry.source != "127.0.0.1") continue;
        if (entry.destinationPort == guest.ssh.port) ports.ssh = entry.sourcePort;
        if (entry.destinationPort == guest.httpPort) ports.http = entry.sourcePort;
        if (entry.destinationPort == guest.httpsPort) ports.https = entry.sourcePort;
    }
    if (ports.ssh == 0 || ports.http == 0 || ports.https == 0) {
        throw GuestError("QEMU does not forward the guest's ports " + std::to_string(guest.ssh.port) + ", " +
                         std::to_string(guest.httpPort) + " and " + std::to_string(guest.httpsPort) +
                         " from 127.0.0.1; `info usernet` says:\n" + network.text);
    }
    return ports;
}

}  // namespace boxtest
