#include "machine/SshArguments.hpp"

#include "machine/ClosedKey.hpp"

namespace boxtest {

std::vector<std::string> sshArguments(const Manifest& manifest, const MachineInfo& info, const std::string& user,
                                      const std::vector<std::string>& command) {
    std::vector<std::string> argv{
        "ssh", "-F", "none", "-p", std::to_string(info.ports.ssh), "-i", closedKey(manifest, user).string()};
    for (const auto& option :
         {std::string("IdentitiesOnly=yes"), std::string("IdentityAgent=none"), std::string("PreferredAuthentications=publickey"),
          std::string("StrictHostKeyChecking=yes"), "UserKnownHostsFile=\"" + info.knownHosts().string() + "\"",
          std::string("GlobalKnownHostsFile=/dev/null"), "HostKeyAlias=" + manifest.names.domain,
          std::string("UpdateHostKeys=no"), std::string("ControlPath=none"), std::string("LogLevel=ERROR")}) {
        argv.emplace_back("-o");
        argv.push_back(option);
    }
    // After "--" ssh takes no more options for its own: a command may begin with a dash.
    argv.insert(argv.end(), {"--", user + "@127.0.0.1"});
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
}

}  // namespace boxtest
