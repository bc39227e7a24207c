#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// What an SSH server offers before anybody has said who he is: its version line and its SSH_MSG_KEXINIT (RFC 4253, 4.2 and
/// 7.1), both sent in the clear. What it says on the wire counts, not what a configuration file says.
struct SshOffer {
    std::string version;  ///< "SSH-2.0-..."
    std::vector<std::string> keyExchange;
    std::vector<std::string> hostKeys;
    std::vector<std::string> ciphers;  ///< Of both directions.
    std::vector<std::string> macs;     ///< Of both directions.

    /// From the first bytes that came from the server; what follows the KEXINIT is not looked at. Throws GuestError when they are
    /// something else.
    static SshOffer parse(std::string_view bytes);

    /// What a client sends that wants only this: a version line, and a packet that no server accepts.
    static std::string request();
};

/// Why an algorithm of one of those lists must not be offered; empty for the few that are known to be good.
std::string_view weaknessOf(std::string_view algorithm);

}  // namespace boxtest
