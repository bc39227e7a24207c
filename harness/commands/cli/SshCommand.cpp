#include "cli/SshCommand.hpp"

#include <termios.h>
#include <unistd.h>
#include <CLI/Option.hpp>

#include <iostream>
#include <utility>

#include "cli/BecomeSsh.hpp"
#include "cli/ForeignWords.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"

namespace boxtest {

SshCommand::SshCommand(CLI::App& program) : Command(program, "ssh", "A shell, or a command, in the machine that is up") {
    arguments().add_option("USER", user_, "OS user in the guest; one that the guest has a key for")->required();
    arguments().add_flag("-t", wantsTerminal_, "Give COMMAND a terminal; -tt: even when there is none here");
    arguments().add_flag("-T", noTerminal_, "Give the shell no terminal");
    // Only for the description: takeRest() gets these words, not CLI11.
    arguments().allow_extras();
    arguments().footer(
        "boxtest ssh [-t] USER [OPTIONS] [COMMAND...]: what follows USER is ssh's, as after its destination: its own options, "
        "then a\n"
        "command, whose words are joined by spaces and run by the user's login shell. Its exit status is passed on; 255 is ssh's "
        "own\n"
        "trouble. Without COMMAND: a shell on this terminal. How the machine is reached and its host key checked stays ours.\n\n"
        "  boxtest ssh admin\n"
        "  boxtest ssh -t admin sudo systemctl edit odoo\n"
        "  boxtest ssh admin systemctl status odoo\n"
        "  boxtest ssh jane uname -a\n"
        "  boxtest ssh jane -N -L 15432:/run/postgresql/.s.PGSQL.5432\n"
        "  boxtest ssh jane \"psql -c 'SELECT 1'\"");
}

std::size_t SshCommand::ownWords(const std::vector<std::string>& words) const { return foreign::upToUser(words); }

void SshCommand::takeRest(std::vector<std::string> words) { rest_ = std::move(words); }

int SshCommand::run() {
    std::vector<std::string> options(static_cast<std::size_t>(wantsTerminal_), "-t");
    if (noTerminal_) options.emplace_back("-T");
    const auto words = foreign::SshWords::read(rest_);
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    // Discard pending input of our terminal: the remote terminal would echo it into the command's output. For example, script(1)
    // sends a NUL when its input is empty.
    if ((wantsTerminal_ > 0 || words.asksForTerminal) && words.hasCommand) ::tcflush(STDIN_FILENO, TCIFLUSH);
    becomeSsh(machine.manifest, machine.info, user_, rest_, options, true);
}

}  // namespace boxtest
