#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "guest/Guest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// The interface through which the engine uses code that knows the software in a guest. An object of this class must outlive
/// every object that it is passed to.
class GuestHooks {
   public:
    virtual ~GuestHooks() = default;

    /// Reads the guest in this folder. Throws UsageError naming the error in its description.
    virtual Guest load(const std::filesystem::path& folder) const = 0;

    /// Returns when a booting guest is ready for use. A permanent failure ends the wait at once. Throws GuestError (why the guest
    /// can never become ready), TimeoutError (the condition that was waited for, and its last state).
    virtual void waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                                Deadline deadline) const = 0;

    /// Carries out operations that are slow the first time, once, before a ready guest is frozen. Throws as waitUntilReady().
    virtual void warmUp(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                        Deadline deadline) const = 0;
    /// A version number greater than 0. It must change whenever the behaviour of warmUp() or carryOut() changes: it is part of a
    /// template's key.
    virtual int warmUpVersion() const = 0;

    /// Reboots the machine: calls `ask`, which asks the guest to go down, and returns when the guest's agent answers again.
    /// Throws TimeoutError, and the exceptions of `ask`.
    using Reboot = std::function<void(const std::function<void()>& ask)>;
    /// Names of the steps, such as "reboot", that can be carried out on a fork before it is frozen as a separate template.
    virtual std::vector<std::string> steps() const = 0;
    /// Carries out the step of this name, one of steps(), on a running warm guest, and returns when the guest is ready again.
    /// Throws as waitUntilReady(), and GuestError when the guest does not carry out the step.
    virtual void carryOut(const std::string& step, const Guest& guest, const MachineInfo& machine, const Reboot& reboot, Log& log,
                          const FailureLatch& failure, Deadline deadline) const = 0;

    /// Copies a guest's folder, which load() has read, into a new folder, except its disk: the copy's description names `disk`
    /// instead, a qcow2 image relative to the copy. This image does not exist yet: an empty file takes its place. Throws
    /// UsageError, SystemError.
    virtual void copyWithoutDisk(const std::filesystem::path& folder, const std::filesystem::path& to,
                                 const std::string& disk) const = 0;
};

}  // namespace boxtest
