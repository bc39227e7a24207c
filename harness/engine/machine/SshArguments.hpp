#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "guest/Guest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// How to start OpenSSH's client. The names of its files are relative to `folder`, the working directory that it needs: ssh
/// interprets percent signs, quotes and ${...} in file names, and not all of them can be escaped.
struct SshStart {
    std::vector<std::string> argv;
    std::filesystem::path folder;
};

/// Settings of OpenSSH's client, each with its value (ssh_config(5)).
using SshSettings = std::vector<std::pair<std::string, std::string>>;
/// How every client reaches the machine and checks it: its own key only, the guest's host key, no file of ~/.ssh, no agent.
SshSettings sshSecurity(const Guest& guest, const std::string& knownHosts);
/// What a caller may well set otherwise: the connection ends when the machine has been silent for a minute.
SshSettings sshDefaults();

struct SshStyle {
    /// Prefix of the file names, so that the client works in any working directory: a reference to an environment variable that
    /// holds SshStart::folder, "${BOXTEST_MACHINE}/". ssh expands the reference after it has parsed a name, and does not
    /// interpret the value.
    std::string prefix = {};
    /// Options of the user: they cannot change how the machine is reached and checked, but everything else.
    std::vector<std::string> callersOptions = {};
    /// The words after the destination may begin with options of ssh itself.
    bool optionsInCommand = false;
};

/// The command line of a client that logs in to the machine as this user. It checks the guest's host key, uses only the user's
/// private key, no file from ~/.ssh, and no agent. It ends when the machine has been silent for a minute. `options` come before
/// its own options, and take precedence. ssh joins the words of the command. Throws UsageError when the guest has no key for the
/// user, SystemError.
SshStart sshArguments(const Guest& guest, const MachineInfo& info, const std::string& user,
                      const std::vector<std::string>& command, const std::vector<std::string>& options = {},
                      const SshStyle& style = {});

}  // namespace boxtest
