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
    for (const auto& option :
         {std::string("IdentitiesOnly=yes"), std::string("IdentityAgent=none"), std::string("PreferredAuthentications=publickey"),
          std::string("StrictHostKeyChecking=yes"), "UserKnownHostsFile=" + style.prefix + info.knownHosts().filename().string(),
          std::string("GlobalKnownHostsFile=/dev/null"), "HostKeyAlias=" + guest.domain, std::string("UpdateHostKeys=no"),
          std::string("ControlPath=none"), std::string("LogLevel=ERROR"), std::string("ConnectTimeout=60"),
          std::string("ServerAliveInterval=10"), std::string("ServerAliveCountMax=5")}) {
        argv.emplace_back("-o");
        argv.push_back(option);
    }
    // After "--" ssh parses no more options: a command may begin with a dash.
    if (!style.optionsInCommand) argv.emplace_back("--");
    argv.push_back(user + "@127.0.0.1");
    argv.insert(argv.end(), command.begin(), command.end());
    return {.argv = std::move(argv), .folder = info.knownHosts().parent_path()};
}

}  // namespace boxtest
