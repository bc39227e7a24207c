#pragma once

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "cli/Interruption.hpp"

namespace boxtest {

/// `boxtest up`: boots a machine and returns when it is ready; a keeper process owns it from then on.
class UpCommand : public Command {
   public:
    explicit UpCommand(CLI::App& program);
    int run() override;

   private:
    /// True when a machine that will do is up already.
    bool meetsMachineThatIsUp(Log& log, const FailureLatch& failure);
    int startKeeper(const BootOptions& options, Log& log, Interruption& interruption);
    int keepHere(const BootOptions& options, Log& log, Interruption& interruption);

    GuestOptions guest_;
    bool foreground_ = false;
};

}  // namespace boxtest
