#include "bench/OpenSshMaster.hpp"

#include <fmt/format.h>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"
#include "machine/ClosedKey.hpp"

namespace boxtest {

namespace {

constexpr auto pauseBetweenChecks = std::chrono::milliseconds(20);

/// The same trust as cli/SshArguments: the manifest's host key and key file, nothing of ~/.ssh.
std::vector<std::string> optionsFor(const TestMachine& machine, const std::string& user, const std::filesystem::path& control) {
    const auto& manifest = machine.manifest();
    const auto& info = machine.info();
    std::vector<std::string> words{"-F", "none", "-p", std::to_string(info.ports.ssh), "-i", closedKey(manifest, user).string()};
    for (const auto& option :
         {std::string("IdentitiesOnly=yes"), std::string("IdentityAgent=none"), std::string("PreferredAuthentications=publickey"),
          std::string("StrictHostKeyChecking=yes"), "UserKnownHostsFile=\"" + info.knownHosts().string() + "\"",
          std::string("GlobalKnownHostsFile=/dev/null"), "HostKeyAlias=" + manifest.names.domain,
          std::string("UpdateHostKeys=no"), std::string("LogLevel=ERROR"), "ControlPath=\"" + control.string() + "\""}) {
        words.emplace_back("-o");
        words.push_back(option);
    }
    return words;
}

Process startMaster(const std::vector<std::string>& options, const std::string& user, const std::string& forwarding) {
    std::vector<std::string> argv{"ssh"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.insert(argv.end(), {"-M", "-N", "-o", "ExitOnForwardFailure=yes", "-L", forwarding, "--", user + "@127.0.0.1"});
    return Process::start(argv, {.input = Stream::null, .output = Stream::null, .error = Stream::inherit});
}

}  // namespace

OpenSshMaster::OpenSshMaster(TestMachine& machine, const std::string& user, Deadline deadline)
    : machine_(machine),
      user_(user),
      folder_("openssh"),
      options_(optionsFor(machine, user, control())),
      master_(startMaster(options_, user,
                          (folder_.path() / ".s.PGSQL.5432").string() + ":" + machine.manifest().postgresql.socketPath())) {
    for (;;) {
        const auto checked = runProgram(client({"-O", "check"}), deadline, {.failure = &machine.failure()});
        if (checked.succeeded()) return;
        if (const auto ended = master_.exitStatus())
            throw TransportError(fmt::format("OpenSSH's client does not connect as '{}': it {}", user, ended->describe()));
        pauseBetweenTries(pauseBetweenChecks, deadline, &machine.failure());
        if (deadline.expired()) throw TimeoutError(fmt::format("OpenSSH's client did not connect as '{}' in time", user));
    }
}

void OpenSshMaster::run(const std::string& command, Deadline deadline) const {
    const auto ran = runProgram(client({"--", user_ + "@127.0.0.1", command}), deadline, {.failure = &machine_.failure()});
    if (!ran.succeeded()) throw TransportError(fmt::format("'{}' through OpenSSH {}", command, ran.describe()));
}

std::vector<std::string> OpenSshMaster::client(const std::vector<std::string>& words) const {
    std::vector<std::string> argv{"ssh"};
    argv.insert(argv.end(), options_.begin(), options_.end());
    argv.insert(argv.end(), words.begin(), words.end());
    if (words.front() == "-O") argv.push_back(user_ + "@127.0.0.1");
    return argv;
}

}  // namespace boxtest
