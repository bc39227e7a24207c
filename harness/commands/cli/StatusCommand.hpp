#pragma once

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest status`: shows whether a machine is up, its state, and how to reach it.
class StatusCommand : public Command {
   public:
    explicit StatusCommand(CLI::App& program);
    int run() override;

   private:
    bool json_ = false;
};

}  // namespace boxtest
