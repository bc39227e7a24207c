#pragma once

#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest ssh [-tT] USER [WORDS...]`: becomes OpenSSH's client; the words after USER are its options and command.
class SshCommand : public Command {
   public:
    explicit SshCommand(CLI::App& program);
    int run() override;

    /// All words after USER are passed to ssh.
    std::size_t ownWords(const std::vector<std::string>& words) const override;
    void takeRest(std::vector<std::string> words) override;

   private:
    std::string user_;
    std::vector<std::string> rest_;
    int wantsTerminal_ = 0;
    bool noTerminal_ = false;
};

}  // namespace boxtest
