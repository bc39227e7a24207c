#include "cli/SshArguments.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "base/Error.hpp"
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

void becomeProgram(const std::vector<std::string>& argv) {
    std::vector<char*> words;
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    std::fflush(nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    ::execvp(words.front(), words.data());
    if (errno == ENOENT)
        throw UsageError(
            fmt::format("the program '{}' is missing on this host; `boxtest doctor` tells what to install", argv.front()));
    throw SystemError(fmt::format("cannot start '{}'", argv.front()), errno);
}

}  // namespace boxtest
