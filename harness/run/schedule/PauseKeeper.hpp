#pragma once

#include <filesystem>
#include <string>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// Lets a person look at the machine of a scenario that has just failed: as long as it waits, the machine is the one that is
/// up, so that `boxtest ssh`, `psql`, `tunnel`, `web`, `logs` and `status` work on it; `boxtest down` ends the wait.
class PauseKeeper {
   public:
    /// Log and latch must outlive the object.
    PauseKeeper(Log& log, const FailureLatch& failure) : log_(log), failure_(failure) {}

    /// Returns when a person presses Enter or says `boxtest down`; throws GuestError when the latch is declared (Ctrl-C).
    /// `machine`: the text of its machine.json.
    void wait(const std::string& scenario, const std::string& machine);

   private:
    Log& log_;
    const FailureLatch& failure_;
};

}  // namespace boxtest
