#pragma once

#include <optional>
#include <string>

#include "base/FailureLatch.hpp"
#include "base/Interruption.hpp"
#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"

namespace boxtest {

/// `boxtest up`: forks a machine from the guest's template and returns when it is ready; then a keeper process owns the machine.
class UpCommand : public Command {
   public:
    explicit UpCommand(CLI::App& program);
    int run() override;

   private:
    /// True if a suitable machine is up already.
    bool meetsMachineThatIsUp(Log& log, const FailureLatch& failure, Deadline deadline);
    /// What of that machine is not as the options ask.
    std::optional<std::string> differenceTo(const MachineInfo& machine) const;

    GuestOptions guest_;
    bool fresh_ = false;
    std::string template_;
    bool foreground_ = false;
};

}  // namespace boxtest
