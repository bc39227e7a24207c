#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"
#include "machine/MachineFolder.hpp"
#include "machine/MachineInfo.hpp"
#include "store/Lease.hpp"
#include "vm/Accelerator.hpp"
#include "vm/Machine.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

/// Options of a boot: which guest, and how it runs.
struct BootOptions {
    std::filesystem::path guestFolder;
    AcceleratorChoice accelerator = AcceleratorChoice::automatic;
    std::chrono::seconds timeout{1800};      ///< For all of it: the accelerator's probe, the boot, until the guest is ready.
    std::optional<Accelerator> chosen = {};  ///< No probe, no line: this one.

    /// Reads the guest, finds QEMU and chooses the accelerator. The caller holds a lease on the guest.
    MachineSpec spec(const GuestHooks& hooks, Log& log, const FailureLatch& failure, Deadline deadline) const;
};

/// A guest that was booted and is ready, in a folder of its own, which holds machine.json and known_hosts too.
/// QEMU and the folder go away with the object, and the lease on its guest.
class ReadyMachine {
   public:
    /// Boots and waits until the guest is ready. The latch becomes the machine's: it ends the boot when somebody declares it,
    /// and is declared when the machine fails. When the guest fails or is late, its logs are kept (MachineFolder::keptLogs()),
    /// and the error's text says where. Log and latch must outlive the object.
    /// `booting` is called as soon as QEMU runs.
    static ReadyMachine boot(const GuestHooks& hooks, const BootOptions& options, Log& log, FailureLatch& failure,
                             const std::function<void(const MachineInfo&)>& booting = {});

    /// The same of a guest that was read already. The options' folder and disks' overlays may be left empty.
    static ReadyMachine boot(const GuestHooks& hooks, MachineSpec spec, LaunchOptions launch, Log& log, FailureLatch& failure,
                             Deadline deadline, const std::function<void(const MachineInfo&)>& booting = {});

    ReadyMachine(ReadyMachine&&) noexcept = default;
    ReadyMachine& operator=(ReadyMachine&&) = delete;
    ReadyMachine(const ReadyMachine&) = delete;
    ReadyMachine& operator=(const ReadyMachine&) = delete;
    ~ReadyMachine() = default;

    const Guest& guest() const { return spec_->guest; }
    const MachineInfo& info() const { return info_; }
    const MachineFolder& folder() const { return folder_; }
    Machine& machine() { return machine_; }
    void stop(Deadline deadline) { machine_.stop(deadline); }

   private:
    ReadyMachine(Lease lease, std::unique_ptr<MachineSpec> spec, MachineFolder folder, Machine machine, MachineInfo info);
    Lease lease_;
    std::unique_ptr<MachineSpec> spec_;
    MachineFolder folder_;
    Machine machine_;
    MachineInfo info_;
};

}  // namespace boxtest
