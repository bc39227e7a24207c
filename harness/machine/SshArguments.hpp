#pragma once

#include <string>
#include <vector>

#include "guest/Manifest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// The argument vector of OpenSSH's client that reaches the machine as this user: the host key checked against the manifest's,
/// the manifest's private key and no other, nothing from ~/.ssh, no agent. The command's words are ssh's to join.
/// Throws UsageError when the guest has no key for the user.
std::vector<std::string> sshArguments(const Manifest& manifest, const MachineInfo& info, const std::string& user,
                                      const std::vector<std::string>& command);

}  // namespace boxtest
