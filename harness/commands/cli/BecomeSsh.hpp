#pragma once

#include <string>
#include <vector>

#include "machine/MachineInfo.hpp"
#include "machine/SshArguments.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// Replaces this process with OpenSSH's client, logged in to the machine as `user`. ssh connects through `boxtest connect`, which
/// tries again when the SSH server drops a connection because too many clients are logging in. File names in the style's options,
/// and in options in the command, are relative to the caller's folder. Throws UsageError when this host's user
/// has no name (ssh needs one) or ssh is missing, SystemError.
[[noreturn]] void becomeSsh(const Manifest& manifest, const MachineInfo& info, const std::string& user,
                            const std::vector<std::string>& command, const std::vector<std::string>& options = {},
                            SshStyle style = {});

/// Advice for a host whose list of users lacks the current user, as in many containers; empty if the user has an entry.
std::string adviceForNamelessUser();

}  // namespace boxtest
