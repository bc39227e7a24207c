#pragma once

#include <filesystem>

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
    /// Greater than 0, and another number whenever warmUp() does something else: it is part of a template's key.
    virtual int warmUpVersion() const = 0;

    /// Copies a guest's folder, which load() has read, into a new folder, but its disk: the copy's description names `disk`, a
    /// qcow2 image relative to the copy, instead. That image is not there yet: an empty file takes its place. Throws UsageError,
    /// SystemError.
    virtual void copyWithoutDisk(const std::filesystem::path& folder, const std::filesystem::path& to,
                                 const std::string& disk) const = 0;
};

}  // namespace boxtest
