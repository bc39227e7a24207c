#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "vm/Console.hpp"
#include "vm/GuestAgent.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"
#include "vm/Ports.hpp"
#include "vm/Qmp.hpp"

namespace boxtest {

/// What QEMU does when the guest resets its CPUs, as at the end of a reboot.
enum class OnReset {
    end,   ///< QEMU ends, and so does every wait: no wait mistakes the next boot for this one.
    goOn,  ///< The guest boots again.
};

/// A running guest. Its QEMU ends with the object, with stop(), and with this process, even if the process is killed. A fatal
/// problem of the guest (QEMU's death, a kernel panic, a failed mount) is declared on failure(); every wait on the machine must
/// watch it.
class Machine {
   public:
    /// Returns when QEMU runs the guest, answers on QMP and has forwarded the ports. The guest has only begun to boot, or is
    /// stopped and waits for its state (LaunchOptions::incoming). May be called from any thread. `failure`, if given, is used
    /// instead of the machine's own latch, and must outlive the machine; so must the log. Throws GuestError with QEMU's last
    /// words, TimeoutError, SystemError. The folder in `options` must exist and be private; its path has at most 96 bytes,
    /// because it contains sockets. Its files stay when the machine stops (except the sockets), until the folder is removed.
    static Machine boot(const MachineSpec& spec, const LaunchOptions& options, Log& log, Deadline deadline,
                        FailureLatch* failure = nullptr);

    Machine(Machine&&) noexcept;
    Machine& operator=(Machine&&) noexcept;
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    /// Calls stop() with a deadline of 10 seconds.
    ~Machine();

    const Ports& ports() const;
    FailureLatch& failure();
    pid_t pid() const;
    /// Process::handle() of its QEMU.
    FileDescriptor processHandle() const;
    const std::filesystem::path& folder() const;
    Console& console();
    Qmp& qmp();
    /// Connected from the beginning: an unconnected guest agent polls 10 times a second and burns CPU.
    GuestAgent& agent();

    /// `end` until it is set. Forgets earlier resets. Throws as Qmp::execute().
    void onReset(OnReset action, Deadline deadline);
    /// Returns when the guest resets its CPUs, or has done so and this was not forgotten. Throws as Qmp::waitForEvent().
    void waitForReset(Deadline deadline);
    /// waitForReset() returns for later resets only.
    void forgetResets(Deadline deadline);

    /// Ends QEMU: by QMP, else by SIGTERM, and by SIGKILL when it has not ended by the deadline. Returns when it has ended,
    /// or half a minute after SIGKILL. This end is not a failure. Harmless when QEMU has ended already.
    void stop(Deadline deadline);

   private:
    struct State;
    explicit Machine(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace boxtest
