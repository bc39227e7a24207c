#pragma once

#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest ssh [-t] USER [COMMAND...]`: becomes OpenSSH's client.
class SshCommand : public Command {
   public:
    explicit SshCommand(CLI::App& program);
    int run() override;

    /// Everything after USER is the command.
    std::size_t ownWords(const std::vector<std::string>& words) const override;
    void takeRest(std::vector<std::string> words) override;

   private:
    bool wantsTerminal() const;

    std::string user_;
    std::vector<std::string> command_;
    int wantsTerminal_ = 0;
    bool noTerminal_ = false;
    std::vector<std::string> terminal_;  ///< ssh's own options
};

}  // namespace boxtest
