#include "cli/SshCommand.hpp"

#include <CLI/Option.hpp>
#include <iostream>
#include <utility>

#include "cli/BecomeProgram.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "machine/SshArguments.hpp"

namespace boxtest {

SshCommand::SshCommand(CLI::App& program) : Command(program, "ssh", "A shell, or a command, in the machine that is up") {
    arguments().add_option("USER", user_, "OS user in the guest; one that the guest has a key for")->required();
    arguments().footer(
        "boxtest ssh USER [COMMAND...]: the words of COMMAND are joined by spaces and run by the user's login shell, as ssh "
        "does. Its exit status is passed on;\n"
        "255 is ssh's own trouble. Without COMMAND: a shell on this terminal.\n\n"
        "  boxtest ssh admin\n"
        "  boxtest ssh admin systemctl status odoo\n"
        "  boxtest ssh jane \"psql -c 'SELECT 1'\"");
}

std::size_t SshCommand::ownWords(const std::vector<std::string>& words) const {
    // Options before USER are ours (--help); USER is the first word that is none.
    for (std::size_t i = 0; i < words.size(); ++i)
        if (!words[i].starts_with('-')) return i + 1;
    return words.size();
}

void SshCommand::takeRest(std::vector<std::string> words) {
    if (!words.empty() && words.front() == "--") words.erase(words.begin());
    command_ = std::move(words);
}

int SshCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    becomeProgram(sshArguments(machine.manifest, machine.info, user_, command_));
}

}  // namespace boxtest
