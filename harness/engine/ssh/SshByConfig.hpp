#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace boxtest {

/// An SSH server that a person reaches by their own configuration. Of ssh_config(5) libssh honours, among others, Host, Match,
/// Include, HostName, Port, User, IdentityFile, IdentityAgent, IdentitiesOnly, UserKnownHostsFile, GlobalKnownHostsFile,
/// ProxyJump, ProxyCommand, HostKeyAlgorithms, Ciphers, MACs and KexAlgorithms; not HostKeyAlias, CertificateFile, ControlPath,
/// CheckHostIP. The host key must stand in known_hosts, StrictHostKeyChecking or not; that of a jump host, too.
struct SshByConfig {
    std::string host;                     ///< As it was typed: a name that the configuration may know.
    std::string user = {};                ///< Empty: the configuration's, else the OS user.
    std::uint16_t port = 0;               ///< 0: the configuration's, else 22.
    std::filesystem::path config = {};    ///< Instead of ~/.ssh/config and /etc/ssh/ssh_config, also for jump hosts.
    std::filesystem::path identity = {};  ///< Only this private key, without a passphrase, and no agent.
    std::string before = {};              ///< Shell text that stands before each command, such as one that lowers its priority.
    std::chrono::milliseconds keepAlive = std::chrono::seconds(15);  ///< As SshTarget::keepAlive.
};

}  // namespace boxtest
