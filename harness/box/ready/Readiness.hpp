#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "base/RestLog.hpp"
#include "manifest/Manifest.hpp"
#include "ready/GuestAccess.hpp"

namespace boxtest {

/// Waits until a booted guest provides all its services: SSH lets the admin in, the units run, PostgreSQL accepts on its socket,
/// Odoo (including its websocket server) and pgAdmin answer over HTTPS. One deadline for all of it. A permanent failure ends the
/// wait at once: a wrong host key, a refused key, a unit that failed (with its journal), a declared latch.
class Readiness {
   public:
    /// All references must outlive the object.
    Readiness(const Manifest& manifest, GuestAccess access, Log& log, const FailureLatch& failure);

    /// Pause between two tries; shorter in tests.
    void setPause(std::chrono::milliseconds pause) { pause_ = pause; }

    /// The time from which durations are counted; by default that of the construction. For tests.
    void setBegun(std::chrono::steady_clock::time_point begun) { begun_ = begun; }

    /// Throws GuestError (why the guest cannot become ready), TimeoutError (what was waited for, and its last state).
    void wait(Deadline deadline);

   private:
    /// Returns nothing if the condition holds, else a description of the current state.
    using Check = std::function<std::optional<std::string>(Deadline)>;
    void waitFor(const std::string& what, Deadline deadline, const Check& check);
    void tryUntilThere(const std::string& what, Deadline deadline, const Check& check);

    std::optional<std::string> checkUnits(Deadline deadline, bool onDemandIsEnough);
    std::optional<std::string> checkPostgresql(Deadline deadline);
    std::optional<std::string> checkWeb(const std::string& path, Deadline deadline);
    /// Wraps a check so that it also detects a unit that failed in the meantime.
    Check watchingUnits(Check check);

    CommandResult run(const std::vector<std::string>& words, Deadline deadline);
    [[noreturn]] void giveUp(const std::string& what, const std::string& unit, Deadline deadline);

    const Manifest& manifest_;
    GuestAccess access_;
    RestLog log_;
    int step_ = 0;  ///< Of all that are waited for, one after the other.
    const FailureLatch& failure_;
    std::chrono::milliseconds pause_{1000};
    std::chrono::steady_clock::duration tryBudget_ = std::chrono::seconds(30);
    std::chrono::steady_clock::time_point begun_;
    Deadline deadline_ = Deadline::never();  ///< Of wait(); all steps inside share it.
};

}  // namespace boxtest
