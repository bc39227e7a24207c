#include "cli/SshCommand.hpp"

#include <termios.h>
#include <unistd.h>
#include <CLI/Option.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

#include "cli/BecomeSsh.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"

namespace boxtest {

SshCommand::SshCommand(CLI::App& program) : Command(program, "ssh", "A shell, or a command, in the machine that is up") {
    arguments().add_option("USER", user_, "OS user in the guest; one that the guest has a key for")->required();
    arguments().add_flag("-t", wantsTerminal_, "Give COMMAND a terminal; -tt: even when there is none here");
    arguments().add_flag("-T", noTerminal_, "Give the shell no terminal");
    arguments().footer(
        "boxtest ssh [-t] USER [COMMAND...]: the words of COMMAND are joined by spaces and run by the user's login shell, as ssh "
        "does. Its exit status is passed on;\n"
        "255 is ssh's own trouble. Without COMMAND: a shell on this terminal.\n\n"
        "  boxtest ssh admin\n"
        "  boxtest ssh -t admin sudo systemctl edit odoo\n"
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
    // As ssh, which takes options behind the host, too.
    while (!words.empty() && (words.front() == "-t" || words.front() == "-tt" || words.front() == "-T")) {
        terminal_.push_back(words.front());
        words.erase(words.begin());
    }
    if (!words.empty() && words.front() == "--") words.erase(words.begin());
    command_ = std::move(words);
}

bool SshCommand::wantsTerminal() const {
    return std::any_of(terminal_.begin(), terminal_.end(), [](const auto& option) { return option.starts_with("-t"); });
}

int SshCommand::run() {
    for (int i = 0; i < wantsTerminal_; ++i) terminal_.emplace_back("-t");
    if (noTerminal_) terminal_.emplace_back("-T");
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    // What waits in our terminal is not for the command, whose own terminal would echo it into the output: script(1), for one,
    // sends a NUL when its input is empty.
    if (wantsTerminal() && !command_.empty()) ::tcflush(STDIN_FILENO, TCIFLUSH);
    becomeSsh(machine.manifest, machine.info, user_, command_, terminal_);
}

}  // namespace boxtest
