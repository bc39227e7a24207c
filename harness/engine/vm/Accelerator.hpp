#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "guest/Guest.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// The choice of the user.
enum class AcceleratorChoice { automatic, kvm, tcg };

/// "auto", "kvm", "tcg". Throws UsageError for anything else.
AcceleratorChoice parseAcceleratorChoice(std::string_view text);

/// What runs the guest's CPUs.
struct Accelerator {
    bool kvm = false;
    std::string reason = {};  ///< why, in one line

    std::string name() const { return kvm ? "kvm" : "tcg"; }
    /// The accelerator with this name(), which a record contains.
    static Accelerator named(const std::string& name, std::string why) {
        return {.kvm = name == "kvm", .reason = std::move(why)};
    }
};

struct AcceleratorOptions {
    std::filesystem::path kvmDevice = "/dev/kvm";

    /// The longest time until the guest's kernel writes its first console line under KVM. A host that runs guests needs about a
    /// second.
    std::chrono::milliseconds bound = std::chrono::seconds(30);

    /// The folder in which answers are stored; empty: cacheFolder()/accelerator.
    std::filesystem::path memory = {};

    /// Ends the probe (the user pressed Ctrl-C). May be null.
    const FailureLatch* interrupted = nullptr;
};

/// Why this host cannot run the guest under KVM, as far as that is certain without a probe: another architecture, no device, no
/// permission to open it. nullopt when KVM may work.
std::optional<std::string> whyNoKvm(const Guest& guest, const std::filesystem::path& device = "/dev/kvm");

/// Chooses the accelerator. Logs the reason in one line, the first time that a host gives this answer for this guest; logs
/// nothing if TCG was asked for. The existence of /dev/kvm proves nothing (on some hosts small programs run in it and kernels do
/// not), so KVM is chosen only when the guest's own kernel, started by the real command line, writes its first console line. The
/// answer is stored per boot of the host, kernel, command line and QEMU version. Silence of the kernel for the whole bound is not
/// stored: one slow half minute of the host can cause it. Throws GuestError with the reason when `kvm` was asked for and cannot
/// run the guest (a stored "no" is probed again then), TimeoutError when the deadline passes before the bound.
Accelerator chooseAccelerator(AcceleratorChoice choice, const Guest& guest, const QemuProgram& qemu, Log& log, Deadline deadline,
                              const AcceleratorOptions& options = {});

}  // namespace boxtest
