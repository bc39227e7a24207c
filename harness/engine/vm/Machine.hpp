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

/// A guest that runs. Its QEMU ends with the object, with stop(), and with this process, however that dies.
/// What makes the guest hopeless (QEMU's death, a kernel panic, a failed mount) is declared on failure(), which every wait on
/// the machine shall watch.
class Machine {
   public:
    /// Returns when QEMU runs the guest, answers on QMP and has forwarded the ports; the guest has only begun to boot, or is
    /// stopped and waits for its state (LaunchOptions::incoming).
    /// May be called from any thread. `failure`, when given, is used instead of one of its own and must outlive the machine, as
    /// must the log. Throws GuestError with QEMU's last words, TimeoutError, SystemError.
    /// The options' folder is an existing private one, of at most 96 bytes because of the sockets in it. Its files stay when the
    /// machine stops (but the sockets), and go with the folder.
    static Machine boot(const MachineSpec& spec, const LaunchOptions& options, Log& log, Deadline deadline,
                        FailureLatch* failure = nullptr);

    Machine(Machine&&) noexcept;
    Machine& operator=(Machine&&) noexcept;
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    /// As stop() within 10 seconds.
    ~Machine();

    const Ports& ports() const;
    FailureLatch& failure();
    pid_t pid() const;
    /// Of its QEMU, as Process::handle().
    FileDescriptor processHandle() const;
    const std::filesystem::path& folder() const;
    Console& console();
    Qmp& qmp();
    /// Connected from the beginning: an unconnected guest agent polls 10 times a second and burns CPU.
    GuestAgent& agent();

    /// Ends QEMU: by QMP, else by SIGTERM, and by SIGKILL when it has not gone by the deadline; returns when it is gone.
    /// Its end is no failure then. Harmless when it is gone already.
    void stop(Deadline deadline);

   private:
    struct State;
    explicit Machine(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace boxtest
