#pragma once

#include <string>
#include <vector>

#include "cli/Command.hpp"
#include "cli/ForeignWords.hpp"

namespace boxtest {

/// `boxtest ssh [OPTIONS] USER [WORDS...]`: becomes OpenSSH's client; all words except USER are its options and command.
class SshCommand : public Command {
   public:
    explicit SshCommand(CLI::App& program);
    int run() override;

    /// All words except USER are passed to ssh.
    std::vector<std::string> takeForeign(std::vector<std::string> words) override;

   private:
    std::string user_;
    foreign::Line line_;
};

}  // namespace boxtest
