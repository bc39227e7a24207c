#pragma once

#include <string>

#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "cli/MachineOrigin.hpp"

namespace boxtest {

/// `boxtest keeper`: internal, started by `up` and `resume`. A process in its own session, which owns the machine until `down`.
class KeeperCommand : public Command {
   public:
    explicit KeeperCommand(CLI::App& program);
    int run() override;

   private:
    MachineOrigin origin() const;

    GuestOptions guest_;
    bool fresh_ = false;
    std::string template_;
    std::string kept_;
    int progressFd_ = -1;
};

}  // namespace boxtest
