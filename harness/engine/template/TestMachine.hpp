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

/// A machine that a scenario has for itself, wherever it comes from.
class TestMachine {
   public:
    virtual ~TestMachine() = default;

    virtual const Guest& guest() const = 0;
    virtual const MachineInfo& info() const = 0;
    /// Where its SSH server answers, and by what (host key, token) it is known to be this machine's.
    virtual SshTarget sshTarget() const = 0;
    /// Declared when the machine has become hopeless; every wait on it shall watch this.
    virtual FailureLatch& failure() = 0;

    /// Lets its CPUs run, and sets the guest's clock meanwhile. Sessions may be opened at once; whoever needs the clock calls
    /// run(). The deadline is for all of it.
    virtual void begin(Deadline deadline) = 0;
    /// begin(), if nobody called it, and returns when the guest's clock is right to within a second. Throws what went wrong.
    virtual void run(Deadline deadline) = 0;
    /// Stops its CPUs; connections stay, nothing answers. run() goes on.
    virtual void pause(Deadline deadline) = 0;

    /// Restarts the guest: `ask` asks it to, from inside. Returns when the guest has gone down, its agent answers again, and
    /// clock and token are as after run(); its services may still be starting. A reset at any other time ends the machine. Throws
    /// what `ask` throws; TimeoutError when the guest does not go down, or does not come back; GuestError.
    virtual void reboot(const std::function<void()>& ask, Deadline deadline) = 0;

    /// Stops it and writes all of it (RAM, devices, disk) into a folder that does not exist yet, from which it can be brought
    /// back as often as wanted. Afterwards only stop() is left.
    virtual void keep(const std::filesystem::path& folder, Deadline deadline) = 0;

    /// Puts both machines' second network cards on one Ethernet segment that touches nothing else.
    virtual void shareSegmentWith(TestMachine& other) = 0;

    /// Memory of the host that only this machine uses, bytes; 0 when that is not known.
    virtual std::uint64_t privateMemory() const = 0;

    virtual void stop(Deadline deadline) = 0;

    /// For a process that is about to end: kills its QEMU, if that has not ended, and removes its folder. From any thread, also
    /// while another one is inside a function above. The number of QEMU in info() is for people and for /proc: never send a
    /// signal to it, it may be another process's by then.
    virtual void endAtOnce() const noexcept = 0;
};

/// Where scenarios get their machines. What changes every machine (a sabotage, say) wraps a source.
class MachineSource {
   public:
    virtual ~MachineSource() = default;

    /// A pristine machine with its CPUs stopped. Log and failure must outlive it. Throws GuestError, TimeoutError, SystemError.
    virtual std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) = 0;
};

}  // namespace boxtest
