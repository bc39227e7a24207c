#include "cli/CompletionCommand.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

#include "cli/CommandDescription.hpp"
#include "cli/Completion.hpp"
#include "cli/CompletionValues.hpp"

namespace boxtest {

CompletionCommand::CompletionCommand(CLI::App& program)
    : Command(program, "completion", "Print the script by which a shell completes command lines of boxtest") {
    arguments().add_option("SHELL", shell_, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    arguments().footer(
        "An installed boxtest has them where the shells look for them. Else:\n\n"
        "  source <(boxtest completion bash)       in ~/.bashrc; likewise for zsh, after compinit\n"
        "  boxtest completion fish | source        in ~/.config/fish/config.fish");
}

int CompletionCommand::run() {
    std::cout << completionScript(shell_);
    return code(ExitCode::good);
}

CompleteCommand::CompleteCommand(CLI::App& program)
    : Command(program, "complete", "What the last word of a command line may be") {
    arguments().group("");
}

std::vector<std::string> CompleteCommand::takeForeign(std::vector<std::string> words) {
    if (!words.empty() && words.front() == "--") words.erase(words.begin());
    words_ = std::move(words);
    return {};
}

int CompleteCommand::run() {
    const auto program = CommandDescription::of(*arguments().get_parent());
    std::cout << Completion::of(program, words_, completionValues).text();
    return code(ExitCode::good);
}

}  // namespace boxtest
