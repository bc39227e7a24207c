#pragma once

#include <string>
#include <vector>

#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// Becomes OpenSSH's client in the machine, as this user. It connects by `boxtest connect`, which tries again when the SSH server
/// drops a connection because too many are logging in. `optionsInCommand`: the command's words may begin with options of ssh's;
/// names of files in them are relative to the folder of whoever called us. Throws UsageError when this host's user has no name
/// (ssh needs one) or ssh is missing, SystemError.
[[noreturn]] void becomeSsh(const Manifest& manifest, const MachineInfo& info, const std::string& user,
                            const std::vector<std::string>& command, const std::vector<std::string>& options = {},
                            bool optionsInCommand = false);

/// What to do when this host's user has no entry in the list of users, as in many containers; empty when there is one.
std::string adviceForNamelessUser();

}  // namespace boxtest
