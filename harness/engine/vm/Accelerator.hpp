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

/// What a person asked for.
enum class AcceleratorChoice { automatic, kvm, tcg };

/// "auto", "kvm", "tcg". Throws UsageError for anything else.
AcceleratorChoice parseAcceleratorChoice(std::string_view text);

/// What runs the guest's CPUs.
struct Accelerator {
    bool kvm = false;
    std::string reason = {};  ///< why, in one line

    std::string name() const { return kvm ? "kvm" : "tcg"; }
    /// The one of that name(), as a record has it.
    static Accelerator named(const std::string& name, std::string why) {
        return {.kvm = name == "kvm", .reason = std::move(why)};
    }
};

struct AcceleratorOptions {
    std::filesystem::path kvmDevice = "/dev/kvm";

    /// How long the guest's kernel may take to its first console line under KVM. A host that runs guests needs about a second.
    std::chrono::milliseconds bound = std::chrono::seconds(30);

    /// Where answers are remembered; empty: cacheFolder()/accelerator.
    std::filesystem::path memory = {};

    /// Ends the probe (a person pressed Ctrl-C). May be null.
    const FailureLatch* interrupted = nullptr;
};

/// Why this host cannot run the guest under KVM, as far as that is plain without trying it: another architecture, no device, no
/// right to open it. Nothing when it may.
std::optional<std::string> whyNoKvm(const Guest& guest, const std::filesystem::path& device = "/dev/kvm");

/// Chooses. One line on the log says why, the first time that a host gives this answer for this guest; none if TCG was asked for.
/// /dev/kvm being there proves nothing (on some hosts small programs run in it and kernels do not), so KVM is taken only when the
/// guest's own kernel, started by the real command line, writes its first console line. The answer is remembered per boot of the
/// host, kernel, command line and QEMU version; not that the kernel was silent for the bound, which one slow half minute may do.
/// Throws GuestError with the reason when `kvm` was asked for and does not run the guest (a remembered "no" is tried anew then),
/// TimeoutError when the deadline leaves less than the bound and passes.
Accelerator chooseAccelerator(AcceleratorChoice choice, const Guest& guest, const QemuProgram& qemu, Log& log, Deadline deadline,
                              const AcceleratorOptions& options = {});

}  // namespace boxtest
