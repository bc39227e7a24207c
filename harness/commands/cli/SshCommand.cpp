#include "cli/SshCommand.hpp"

#include <CLI/Option.hpp>

#include <iostream>
#include <utility>

#include "base/Error.hpp"
#include "cli/BecomeSsh.hpp"
#include "cli/ForeignWords.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"

namespace boxtest {

SshCommand::SshCommand(CLI::App& program) : Command(program, "ssh", "A shell, or a command, in the machine that is up") {
    arguments().add_option("USER", user_, "OS user in the guest; one that the guest has a key for")->required();
    // Only for the description: takeForeign() keeps these words, CLI11 does not get them.
    arguments().add_flag("-t")->description("Give COMMAND a terminal; -tt: even when there is none here");
    arguments().add_flag("-T")->description("Give the shell no terminal");
    arguments().allow_extras();
    arguments().footer(
        "boxtest ssh [OPTIONS] USER [OPTIONS] [COMMAND...]: all options are ssh's, and what follows USER is, too: a command, "
        "whose words\n"
        "are joined by spaces and run by the user's login shell. Its exit status is passed on; 255 is ssh's own trouble. "
        "Without\n"
        "COMMAND: a shell on this terminal. How the machine is reached and its host key checked stays ours. For programs that "
        "start ssh\n"
        "themselves USER may be USER@HOST, or -l USER HOST, with any HOST.\n\n"
        "  boxtest ssh admin\n"
        "  boxtest ssh -t admin sudo systemctl edit odoo\n"
        "  boxtest ssh admin systemctl status odoo\n"
        "  boxtest ssh jane uname -a\n"
        "  boxtest ssh -v -o SendEnv=LANG jane locale\n"
        "  GIT_SSH_COMMAND='boxtest ssh' git clone jane@box:project\n"
        "  boxtest ssh jane -N -L 15432:/run/postgresql/.s.PGSQL.5432\n"
        "  boxtest ssh jane \"psql -c 'SELECT 1'\"");
}

std::vector<std::string> SshCommand::takeForeign(std::vector<std::string> words) {
    line_ = foreign::Line::read(words, foreign::sshOptions());
    foreign::takeSshUser(line_);
    return line_.own;
}

int SshCommand::run() {
    if (const auto unknown = app().remaining(); !unknown.empty())
        throw UsageError("neither ssh nor boxtest ssh has an option '" + unknown.front() + "'");
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    becomeSsh(machine.manifest, machine.info, user_, line_.rest, {},
              {.callersOptions = line_.options, .optionsInCommand = !line_.isClosed});
}

}  // namespace boxtest
