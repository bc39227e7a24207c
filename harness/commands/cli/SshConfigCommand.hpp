#pragma once

#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest ssh-config [USER]`: prints ssh_config(5) for the machine that is up.
class SshConfigCommand : public Command {
   public:
    explicit SshConfigCommand(CLI::App& program);
    int run() override;

   private:
    std::string user_;
};

}  // namespace boxtest
