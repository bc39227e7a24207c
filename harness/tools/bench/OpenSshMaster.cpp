#include "bench/OpenSshMaster.hpp"

#include <fmt/format.h>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"
#include "machine/SshArguments.hpp"

namespace boxtest {

namespace {

constexpr auto pauseBetweenChecks = std::chrono::milliseconds(20);

/// Starts ssh as `boxtest ssh` does, with `options` before its own options: ssh uses the first value.
SshStart clientOf(const TestMachine& machine, const std::string& user, const std::vector<std::string>& options,
                  const std::vector<std::string>& command) {
    return sshArguments(machine.guest(), machine.info(), user, command, options);
}

CapturedOutput runClient(const SshStart& client, Deadline deadline, const FailureLatch& failure) {
    RunProgramOptions options;
    options.folder = client.folder;
    options.failure = &failure;
    return runProgram(client.argv, deadline, options);
}

Process startMaster(const TestMachine& machine, const std::string& user, const std::string& control,
                    const std::string& forwarding) {
    const auto client =
        clientOf(machine, user, {"-M", "-N", "-o", control, "-o", "ExitOnForwardFailure=yes", "-L", forwarding}, {});
    ProcessOptions options{.input = Stream::null, .output = Stream::null, .error = Stream::inherit};
    options.folder = client.folder;
    return Process::start(client.argv, options);
}

}  // namespace

OpenSshMaster::OpenSshMaster(TestMachine& machine, const std::string& user, const std::string& databaseSocket, Deadline deadline)
    : machine_(machine),
      user_(user),
      folder_("openssh"),
      control_("ControlPath=\"" + (folder_.path() / "control").string() + "\""),
      master_(startMaster(machine, user, control_, (folder_.path() / ".s.PGSQL.5432").string() + ":" + databaseSocket)) {
    for (;;) {
        const auto checked = runClient(clientOf(machine, user, {"-O", "check", "-o", control_}, {}), deadline, machine.failure());
        if (checked.succeeded()) return;
        if (const auto ended = master_.exitStatus())
            throw TransportError(fmt::format("OpenSSH's client does not connect as '{}': it {}", user, ended->describe()));
        pauseBetweenTries(pauseBetweenChecks, deadline, &machine.failure());
        if (deadline.expired()) throw TimeoutError(fmt::format("OpenSSH's client did not connect as '{}' in time", user));
    }
}

void OpenSshMaster::run(const std::string& command, Deadline deadline) const {
    const auto ran = runClient(clientOf(machine_, user_, {"-o", control_}, {command}), deadline, machine_.failure());
    if (!ran.succeeded()) throw TransportError(fmt::format("'{}' through OpenSSH {}", command, ran.describe()));
}

}  // namespace boxtest
