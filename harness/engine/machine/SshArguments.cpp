#include "machine/SshArguments.hpp"

#include "machine/SshFiles.hpp"

namespace boxtest {

SshSettings sshSecurity(const Guest& guest, const std::string& knownHosts) {
    return {{"IdentitiesOnly", "yes"},
            {"IdentityAgent", "none"},
            {"PreferredAuthentications", "publickey"},
            {"StrictHostKeyChecking", "yes"},
            {"UserKnownHostsFile", knownHosts},
            {"GlobalKnownHostsFile", "/dev/null"},
            {"HostKeyAlias", guest.domain},
            {"UpdateHostKeys", "no"}};
}

SshSettings sshDefaults() {
    return {{"ControlPath", "none"}, {"ConnectTimeout", "60"}, {"ServerAliveInterval", "10"}, {"ServerAliveCountMax", "5"}};
}

SshStart sshArguments(const Guest& guest, const MachineInfo& info, const std::string& user,
                      const std::vector<std::string>& command, const std::vector<std::string>& options, const SshStyle& style) {
    std::vector<std::string> argv{"ssh"};
    argv.insert(argv.end(), options.begin(), options.end());
    // Not -i, which looks for the file before the variable in its name is expanded.
    argv.insert(argv.end(), {"-F", "none", "-p", std::to_string(info.ports.ssh), "-o",
                             "IdentityFile=" + style.prefix + putKey(guest.ssh, user, info.knownHosts().parent_path())});
    const auto add = [&](const SshSettings& settings) {
        for (const auto& [name, value] : settings) argv.insert(argv.end(), {"-o", name + "=" + value});
    };
    // ssh takes the first value of most settings.
    add(sshSecurity(guest, style.prefix + info.knownHosts().filename().string()));
    argv.insert(argv.end(), style.callersOptions.begin(), style.callersOptions.end());
    add(sshDefaults());
    // Not among the defaults: who writes an ssh_config chooses it.
    add({{"LogLevel", "ERROR"}});
    // After "--" ssh parses no more options: a command may begin with a dash.
    if (!style.optionsInCommand) argv.emplace_back("--");
    argv.push_back(user + "@127.0.0.1");
    argv.insert(argv.end(), command.begin(), command.end());
    return {.argv = std::move(argv), .folder = info.knownHosts().parent_path()};
}

}  // namespace boxtest
