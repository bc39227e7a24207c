#pragma once

#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest completion SHELL`: prints the completion script for a shell.
class CompletionCommand : public Command {
   public:
    explicit CompletionCommand(CLI::App& program);
    int run() override;

   private:
    std::string shell_;
};

/// `boxtest complete -- WORDS...`: called by the completion scripts. Prints the candidates for the last word.
class CompleteCommand : public Command {
   public:
    explicit CompleteCommand(CLI::App& program);
    int run() override;

    std::vector<std::string> takeForeign(std::vector<std::string> words) override;

   private:
    std::vector<std::string> words_;
};

}  // namespace boxtest
