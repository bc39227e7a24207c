#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "guest/Guest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// How OpenSSH's client is started. The names of its files are relative to the folder that it must be started in: it takes
/// percent signs, quotes and ${...} in names for its own, and not all of them can be escaped.
struct SshStart {
    std::vector<std::string> argv;
    std::filesystem::path folder;
};

struct SshStyle {
    /// What stands before the names of its files, so that the client runs in any folder: a reference to an environment variable
    /// that holds SshStart::folder, "${BOXTEST_MACHINE}/". ssh replaces it after it has read a name, and takes nothing of the
    /// value for its own.
    std::string prefix = {};
    /// The words after the destination may begin with options of ssh's.
    bool optionsInCommand = false;
};

/// The client that reaches the machine as this user: the host key checked against the guest's, the user's private key and
/// no other, nothing from ~/.ssh, no agent. It ends when the machine has been silent for a minute. `options` come before its own,
/// and win. The command's words are ssh's to join. Throws UsageError when the guest has no key for the user, SystemError.
SshStart sshArguments(const Guest& guest, const MachineInfo& info, const std::string& user,
                      const std::vector<std::string>& command, const std::vector<std::string>& options = {},
                      const SshStyle& style = {});

}  // namespace boxtest
