#pragma once

#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "machine/Keeper.hpp"

namespace boxtest {

/// `boxtest keeper`: not for people. What `up` starts: a process in a session of its own, which owns the machine until `down`.
class KeeperCommand : public Command {
   public:
    explicit KeeperCommand(CLI::App& program);
    int run() override;

    /// How a keeper boots its machine: a ReadyMachine.
    static Keeper::Boot boot(const BootOptions& options);

   private:
    GuestOptions guest_;
    int progressFd_ = -1;
};

}  // namespace boxtest
