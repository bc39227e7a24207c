#pragma once

#include <string>

#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "cli/MachineOrigin.hpp"

namespace boxtest {

/// `boxtest keeper`: not for people. What `up` and `resume` start: a process in a session of its own, which owns the machine
/// until `down`.
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
