#pragma once

#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest resume`: brings back a kept machine of a failed scenario; it then becomes the machine that is up.
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
