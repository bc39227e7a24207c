#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "guest/Manifest.hpp"
#include "vm/QemuProcess.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

struct LaunchOptions {
    std::filesystem::path folder = {};  ///< gets console.log, qemu.log, overlay.qcow2, qmp.sock
    bool kvm = false;
    std::string appendedToCommandLine = {};
};

/// The QMP socket of a QEMU launched in that folder.
std::filesystem::path qmpSocketIn(const std::filesystem::path& folder);

/// Starts QEMU on a new overlay of the guest's disk. Its QMP socket is listening before QEMU starts, so that to connect to it
/// never comes too early: a QEMU that dies resets the connection. Throws SystemError, TimeoutError, GuestError (by the latch).
std::unique_ptr<QemuProcess> launchQemu(const Manifest& manifest, const QemuProgram& qemu, const LaunchOptions& options,
                                        FailureLatch& failure, Deadline deadline);

}  // namespace boxtest
