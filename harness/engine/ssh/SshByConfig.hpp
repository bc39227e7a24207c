#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace boxtest {

/// An SSH server that is reached by the user's own configuration. Of ssh_config(5) libssh supports, among others, Host, Match,
/// Include, HostName, Port, User, IdentityFile, IdentityAgent, IdentitiesOnly, UserKnownHostsFile, GlobalKnownHostsFile,
/// ProxyJump, ProxyCommand, HostKeyAlgorithms, Ciphers, MACs and KexAlgorithms; not HostKeyAlias, CertificateFile, ControlPath,
/// CheckHostIP. The host key must be in known_hosts, regardless of StrictHostKeyChecking; that of a jump host, too.
struct SshByConfig {
    std::string host;                     ///< As typed: may be a name from the configuration.
    std::string user = {};                ///< Empty: from the configuration, else the OS user.
    std::uint16_t port = 0;               ///< 0: from the configuration, else 22.
    std::filesystem::path config = {};    ///< Instead of ~/.ssh/config and /etc/ssh/ssh_config, also for jump hosts.
    std::filesystem::path identity = {};  ///< Only this private key, without a passphrase, and no agent.
    std::string before = {};              ///< Shell text before each command, for example to lower its priority.
    std::chrono::milliseconds keepAlive = std::chrono::seconds(15);  ///< As SshTarget::keepAlive.
};

}  // namespace boxtest
