#pragma once

#include <string>

#include "guest/Guest.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// A guest on a QEMU of this host, with the accelerator that runs its CPUs. With its disks and its RAM, all that the state of a
/// machine depends on.
struct MachineSpec {
    Guest guest;
    QemuProgram qemu;
    Accelerator accelerator = {};
    std::string cpuModel = {};  ///< as QEMU's -cpu takes it; empty: the default

    /// cpuModel, or the default of this architecture under this accelerator.
    std::string cpu() const;
};

/// The CPU of a guest that asks for none: all that the accelerator has, so "max". But TCG emulates AVX by so many instructions
/// that what chooses it because it is there (OpenSSL's SHA-512, and so every hash of a password) takes twice as long as without.
std::string defaultCpuModel(const std::string& architecture, bool kvm);

}  // namespace boxtest
