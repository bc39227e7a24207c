#include "sabotage/ForeignMachine.hpp"

#include <fmt/format.h>

#include "base/AtomicFile.hpp"

namespace boxtest {

ForeignMachine::ForeignMachine(const Manifest& manifest, std::uint16_t sshPort)
    : admin_(manifest.names.admin), authority_(manifest.web.caCertificate), port_(sshPort) {
    writeFileAtomically(file("key"), readWholeFile(manifest.ssh.keyOf(admin_)), 0600);
    writeFileAtomically(file("handyman-key"), readWholeFile(manifest.ssh.keyOf(manifest.names.handyman)), 0600);
    writeFileAtomically(file("config"),
                        fmt::format("Host theirs\n  HostName 127.0.0.1\n  Port {}\n  IdentityFile {}\n  IdentityAgent none\n"
                                    "  GlobalKnownHostsFile /dev/null\n  UserKnownHostsFile {}\n",
                                    port_, file("key").string(), file("known_hosts").string()),
                        0600);
    know(manifest.ssh.hostKey);
}

void ForeignMachine::know(const std::string& hostKey) const {
    writeFileAtomically(file("known_hosts"), fmt::format("[127.0.0.1]:{} {}\n", port_, hostKey), 0600);
}

std::vector<std::string> ForeignMachine::words() const {
    return {admin_ + "@theirs",           "-F", file("config").string(), "--ca", authority_.string(), "--handyman-key",
            file("handyman-key").string()};
}

}  // namespace boxtest
