#include "machine/SshArguments.hpp"

#include "machine/SshFiles.hpp"

namespace boxtest {

SshStart sshArguments(const Guest& guest, const MachineInfo& info, const std::string& user,
                      const std::vector<std::string>& command, const std::vector<std::string>& options, const SshStyle& style) {
    std::vector<std::string> argv{"ssh"};
    argv.insert(argv.end(), options.begin(), options.end());
    // Not -i, which looks for the file before the variable in its name is expanded.
    argv.insert(argv.end(), {"-F", "none", "-p", std::to_string(info.ports.ssh), "-o",
                             "IdentityFile=" + style.prefix + putKey(guest.ssh, user, info.knownHosts().parent_path())});
    const auto add = [&](const std::vector<std::string>& settings) {
        for (const auto& setting : settings) argv.insert(argv.end(), {"-o", setting});
    };
    // ssh takes the first value of most settings.
    add({"IdentitiesOnly=yes", "IdentityAgent=none", "PreferredAuthentications=publickey", "StrictHostKeyChecking=yes",
         "UserKnownHostsFile=" + style.prefix + info.knownHosts().filename().string(), "GlobalKnownHostsFile=/dev/null",
         "HostKeyAlias=" + guest.domain, "UpdateHostKeys=no"});
    argv.insert(argv.end(), style.callersOptions.begin(), style.callersOptions.end());
    add({"ControlPath=none", "LogLevel=ERROR", "ConnectTimeout=60", "ServerAliveInterval=10", "ServerAliveCountMax=5"});
    // After "--" ssh parses no more options: a command may begin with a dash.
    if (!style.optionsInCommand) argv.emplace_back("--");
    argv.push_back(user + "@127.0.0.1");
    argv.insert(argv.end(), command.begin(), command.end());
    return {.argv = std::move(argv), .folder = info.knownHosts().parent_path()};
}

}  // namespace boxtest
