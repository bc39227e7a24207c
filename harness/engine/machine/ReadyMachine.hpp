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
    std::chrono::seconds timeout{1800};      ///< In total: the accelerator's probe and the boot, until the guest is ready.
    std::optional<Accelerator> chosen = {};  ///< Used without a probe and without a log line.
    /// How long the last boot on this host took, for the estimate in the log; nullopt: not known.
    std::optional<std::chrono::duration<double>> lastBoot = {};

    /// Reads the guest, finds QEMU and chooses the accelerator. The caller holds a lease on the guest.
    MachineSpec spec(const GuestHooks& hooks, Log& log, const FailureLatch& failure, Deadline deadline) const;
};

/// A booted guest that is ready, in its own folder, which also holds machine.json and known_hosts. The destructor ends QEMU,
/// removes the folder and releases the lease on the guest.
class ReadyMachine {
   public:
    /// Boots the guest and waits until it is ready. The latch becomes the machine's: declaring it cancels the boot, and a failure
    /// of the machine declares it. When the guest fails or is late, its logs are kept (MachineFolder::keptLogs()), and the text
    /// of the error names their path. Log and latch must outlive the object. `booting` is called as soon as QEMU runs.
    static ReadyMachine boot(const GuestHooks& hooks, const BootOptions& options, Log& log, FailureLatch& failure,
                             const std::function<void(const MachineInfo&)>& booting = {});

    /// Boots a guest that was read already; otherwise like the function above. The folder and the overlays of the disks in
    /// `launch` may be empty.
    static ReadyMachine boot(const GuestHooks& hooks, MachineSpec spec, LaunchOptions launch, Log& log, FailureLatch& failure,
                             Deadline deadline, const std::function<void(const MachineInfo&)>& booting = {},
                             std::optional<std::chrono::duration<double>> lastBoot = {});

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
