#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "vm/Qmp.hpp"

namespace boxtest {

/// QEMU's user-mode network as its monitor lists it (`info usernet`): forwarded ports and connections.
struct Usernet {
    struct Entry {
        std::string kind;  ///< "TCP[HOST_FORWARD]", "TCP[ESTABLISHED]", ...
        std::string source;
        std::uint16_t sourcePort = 0;
        std::string destination;
        std::uint16_t destinationPort = 0;
    };

    std::vector<Entry> entries;
    std::string text;  ///< What the monitor answered.

    static Usernet parse(std::string text);
    /// Throws as Qmp::execute().
    static Usernet ask(Qmp& qmp, Deadline deadline) { return parse(qmp.humanCommand("info usernet", deadline)); }

    /// True if there is a TCP connection into the guest, or out of it.
    bool hasConnections() const;
};

}  // namespace boxtest
