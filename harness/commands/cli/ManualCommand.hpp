#pragma once

#include "cli/BuildFacts.hpp"
#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest manual`: prints the man page, boxtest.1. Called by the build.
class ManualCommand : public Command {
   public:
    ManualCommand(CLI::App& program, BuildFacts build);
    int run() override;

   private:
    BuildFacts build_;
};

}  // namespace boxtest
