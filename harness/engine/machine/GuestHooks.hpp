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

/// What the engine asks of whoever knows what runs in a guest. An object of this class must outlive whatever it is given to.
class GuestHooks {
   public:
    virtual ~GuestHooks() = default;

    /// The guest in this folder. Throws UsageError naming what is wrong with its description.
    virtual Guest load(const std::filesystem::path& folder) const = 0;

    /// Returns when a guest that boots is ready for use. What cannot heal ends the wait at once. Throws GuestError (why it never
    /// gets ready), TimeoutError (what was waited for, and how that stood).
    virtual void waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                                Deadline deadline) const = 0;

    /// Does once, before a guest that is ready is frozen, what costs much the first time. Throws as the above.
    virtual void warmUp(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                        Deadline deadline) const = 0;
    /// Greater than 0, and another number whenever warmUp() or carryOut() does something else: it is part of a template's key.
    virtual int warmUpVersion() const = 0;

    /// Reboots the machine, when the given function has asked the guest to go down; returns when the guest's agent answers
    /// again. Throws TimeoutError, and what the function throws.
    using Reboot = std::function<void(const std::function<void()>& ask)>;
    /// What can be done to a guest before a fork of it is frozen as a template of its own: names, such as "reboot".
    virtual std::vector<std::string> steps() const = 0;
    /// Does the step of this name, one of steps(), to a warm guest that runs, and returns when the guest is ready again. Throws
    /// as the above, GuestError when the guest does not do it.
    virtual void carryOut(const std::string& step, const Guest& guest, const MachineInfo& machine, const Reboot& reboot, Log& log,
                          const FailureLatch& failure, Deadline deadline) const = 0;

    /// Copies a guest's folder, which load() has read, into a new folder, but its disk: the copy's description names `disk`, a
    /// qcow2 image relative to the copy, instead. That image is not there yet: an empty file takes its place. Throws UsageError,
    /// SystemError.
    virtual void copyWithoutDisk(const std::filesystem::path& folder, const std::filesystem::path& to,
                                 const std::string& disk) const = 0;
};

}  // namespace boxtest
