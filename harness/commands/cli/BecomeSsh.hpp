#pragma once

#include <string>
#include <vector>

#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// Becomes OpenSSH's client in the machine, as this user. It connects by `boxtest connect`, which tries again when the SSH server
/// drops a connection because too many are logging in. Throws UsageError when this host's user has no name (ssh needs one) or ssh
/// is missing, SystemError.
[[noreturn]] void becomeSsh(const Manifest& manifest, const MachineInfo& info, const std::string& user,
                            const std::vector<std::string>& command, const std::vector<std::string>& options = {});

/// What to do when this host's user has no entry in the list of users, as in many containers; empty when there is one.
std::string adviceForNamelessUser();

}  // namespace boxtest
