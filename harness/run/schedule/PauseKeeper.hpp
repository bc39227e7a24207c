#pragma once

#include <filesystem>
#include <string>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// Lets the user inspect the machine of a scenario that has just failed: during the wait, that machine is the current one, so
/// that `boxtest ssh`, `psql`, `tunnel`, `web`, `logs` and `status` work on it; `boxtest down` ends the wait.
class PauseKeeper {
   public:
    /// Log and latch must outlive the object.
    PauseKeeper(Log& log, const FailureLatch& failure) : log_(log), failure_(failure) {}

    /// Returns when the user presses Enter or runs `boxtest down`; throws GuestError when the latch is declared (Ctrl-C).
    /// `machine`: the text of its machine.json.
    void wait(const std::string& scenario, const std::string& machine);

   private:
    Log& log_;
    const FailureLatch& failure_;
};

}  // namespace boxtest
