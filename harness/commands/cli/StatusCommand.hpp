#pragma once

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest status`: is a machine up, how does it do, how can it be reached.
class StatusCommand : public Command {
   public:
    explicit StatusCommand(CLI::App& program);
    int run() override;

   private:
    bool json_ = false;
};

}  // namespace boxtest
