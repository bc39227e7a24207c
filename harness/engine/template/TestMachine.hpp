#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "guest/Guest.hpp"
#include "machine/MachineInfo.hpp"
#include "ssh/SshTarget.hpp"

namespace boxtest {

/// A machine for one scenario alone, from any source.
class TestMachine {
   public:
    virtual ~TestMachine() = default;

    virtual const Guest& guest() const = 0;
    virtual const MachineInfo& info() const = 0;
    /// The address of its SSH server, with the host key and the token that identify this machine.
    virtual SshTarget sshTarget() const = 0;
    /// Declared when the machine has failed for good; every wait on the machine must watch this latch.
    virtual FailureLatch& failure() = 0;

    /// Starts its CPUs, and sets the guest's clock in the background. Sessions may be opened at once; callers that need the right
    /// time call run(). The deadline is for all of it.
    virtual void begin(Deadline deadline) = 0;
    /// Calls begin() if that has not been done, and returns when the guest's clock is right to within a second. Throws the error
    /// of that work.
    virtual void run(Deadline deadline) = 0;
    /// Stops its CPUs; connections stay open, but nothing answers. run() continues.
    virtual void pause(Deadline deadline) = 0;

    /// Restarts the guest: `ask` requests the restart from inside the guest. Returns when the guest has gone down, its agent
    /// answers again, and clock and token are as after run(); its services may still be starting. A reset at any other time ends
    /// the machine. Throws the exceptions of `ask`; TimeoutError when the guest does not go down, or does not come back;
    /// GuestError.
    virtual void reboot(const std::function<void()>& ask, Deadline deadline) = 0;

    /// Stops the machine and writes all of it (RAM, devices, disk) into a folder that is empty or does not exist yet, from which
    /// it can be resumed any number of times. Afterwards only stop() may be called.
    virtual void keep(const std::filesystem::path& folder, Deadline deadline) = 0;

    /// Connects the second network cards of both machines to one Ethernet segment that is connected to nothing else.
    virtual void shareSegmentWith(TestMachine& other) = 0;

    /// Memory of the host that only this machine uses, in bytes; 0 when that is not known.
    virtual std::uint64_t privateMemory() const = 0;

    virtual void stop(Deadline deadline) = 0;

    /// For a process that is about to end: kills QEMU, if it has not ended, and removes the machine's folder. Thread-safe, also
    /// while another thread is inside a function above. The pid of QEMU in info() is for display and for /proc only: never send a
    /// signal to it, another process may have the pid by then.
    virtual void endAtOnce() const noexcept = 0;
};

/// The source of machines for scenarios. Code that changes every machine (a sabotage, for example) wraps a source.
class MachineSource {
   public:
    virtual ~MachineSource() = default;

    /// A pristine machine with its CPUs stopped. Log and failure must outlive it. Throws GuestError, TimeoutError, SystemError.
    virtual std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) = 0;
};

}  // namespace boxtest
