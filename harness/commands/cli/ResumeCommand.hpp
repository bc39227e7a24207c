#pragma once

#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest resume`: brings back a machine that was kept of a failure; from then on it is the machine that is up.
class ResumeCommand : public Command {
   public:
    explicit ResumeCommand(CLI::App& program);
    int run() override;

   private:
    std::string what_;
    std::string scenario_;
    std::string template_;
    bool foreground_ = false;
};

}  // namespace boxtest
