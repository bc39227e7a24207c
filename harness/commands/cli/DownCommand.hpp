#pragma once

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest down`: ends the machine that is up; returns when QEMU has exited.
class DownCommand : public Command {
   public:
    explicit DownCommand(CLI::App& program) : Command(program, "down", "End the machine that is up") {}
    int run() override;
};

}  // namespace boxtest
