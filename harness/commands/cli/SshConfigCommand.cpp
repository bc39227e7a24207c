#include "cli/SshConfigCommand.hpp"

#include <CLI/Option.hpp>

#include <iostream>

#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "machine/SshConfig.hpp"

namespace boxtest {

SshConfigCommand::SshConfigCommand(CLI::App& program)
    : Command(program, "ssh-config", "Print how ssh, scp, rsync, git and others reach the machine that is up, as ssh_config") {
    arguments().add_option("USER", user_, "OS user in the guest (default: all that it has a key for)");
    arguments().footer(
        "One block a user, with the host boxtest-USER: its port, key and host key. It holds until `boxtest down`.\n\n"
        "  boxtest ssh-config >box.conf\n"
        "  scp -F box.conf report.csv boxtest-jane:\n"
        "  rsync -a -e 'ssh -F box.conf' boxtest-admin:/etc/nginx .\n"
        "  GIT_SSH_COMMAND='ssh -F box.conf' git clone boxtest-jane:project");
}

int SshConfigCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    const auto guest = machine.manifest.guest();
    std::string text;
    for (const auto& [user, key] : guest.ssh.privateKeys)
        if (user_.empty() || user == user_) text += sshConfig(guest, machine.info, user);
    // Throws: the user has no key.
    if (text.empty()) text = sshConfig(guest, machine.info, user_);
    std::cout << text;
    return code(ExitCode::good);
}

}  // namespace boxtest
