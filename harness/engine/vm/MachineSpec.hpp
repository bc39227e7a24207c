#pragma once

#include <string>

#include "guest/Guest.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// A guest, the QEMU on this host that runs it, and the accelerator of its CPUs. Together with the disks and the RAM, everything
/// that the state of a machine depends on.
struct MachineSpec {
    Guest guest;
    QemuProgram qemu;
    Accelerator accelerator = {};
    std::string cpuModel = {};  ///< as QEMU's -cpu takes it; empty: the default

    /// cpuModel, or the default of this architecture under this accelerator.
    std::string cpu() const;
};

/// The CPU model when none is asked for: "max", which has all features of the accelerator. Under TCG, x86_64 guests get no AVX:
/// TCG emulates AVX with so many instructions that software which prefers it (OpenSSL's SHA-512, and so every password hash)
/// takes twice as long as without.
std::string defaultCpuModel(const std::string& architecture, bool kvm);

}  // namespace boxtest
