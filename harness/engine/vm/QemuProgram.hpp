#pragma once

#include <filesystem>
#include <string>

#include "base/Deadline.hpp"

namespace boxtest {

/// The QEMU on this host that can run a guest.
struct QemuProgram {
    std::filesystem::path emulator;
    std::filesystem::path imageTool;  ///< qemu-img
    int major = 0;
    std::string version;  ///< "10.0.2 (Debian ...)", as QEMU reports it

    /// qemu-system-<architecture> from PATH, or $BOXTEST_QEMU; qemu-img from $BOXTEST_QEMU_IMG, beside the emulator, or from
    /// PATH. Throws UsageError, which says what to install, when one is missing, reports no version or is older than 8: QEMU 7.2
    /// (Debian 12's own) crashes 6.12 kernels at random under TCG with two CPUs.
    static QemuProgram find(const std::string& architecture, Deadline deadline);
};

}  // namespace boxtest
