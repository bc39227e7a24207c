#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "guest/Guest.hpp"
#include "vm/QemuCommand.hpp"
#include "vm/QemuProcess.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

struct LaunchOptions {
    std::filesystem::path folder = {};  ///< gets console.log, qemu.log, overlay.qcow2, qmp.sock, agent.sock, lan.sock
    bool kvm = false;
    CpuThreads cpuThreads = CpuThreads::oneEach;
    std::string appendedToCommandLine = {};

    std::string cpuModel = {};  ///< empty: defaultCpuModel()
    RamUse ramUse = RamUse::anonymous;
    std::filesystem::path ram = {};

    /// A qcow2 image to be copied, empty or not, and what the copy lies on. Without it the overlay is made anew, on the guest's
    /// own disk.
    std::filesystem::path emptyOverlay = {};
    std::vector<DiskImage> backing = {};
    std::filesystem::path overlay = {};  ///< where the overlay shall be; empty: overlay.qcow2 in the folder

    bool incoming = false;
    bool onlyMigratable = false;
    std::vector<int> inherited = {};  ///< more descriptors that QEMU inherits under their numbers
};

/// The sockets of a QEMU launched in that folder: QMP, the guest's agent, the second network card and where it sends to.
std::filesystem::path qmpSocketIn(const std::filesystem::path& folder);
std::filesystem::path agentSocketIn(const std::filesystem::path& folder);
std::filesystem::path lanSocketIn(const std::filesystem::path& folder);
std::filesystem::path lanPeerIn(const std::filesystem::path& folder);

/// What launchQemu() makes of its options for the command line, but the descriptors.
QemuCommandOptions commandOptions(const LaunchOptions& options);

/// Starts QEMU on a new overlay. Its sockets are listening before QEMU starts, so that to connect to one
/// never comes too early: a QEMU that dies resets the connection. Throws SystemError, TimeoutError, GuestError (by the latch).
std::unique_ptr<QemuProcess> launchQemu(const Guest& guest, const QemuProgram& qemu, const LaunchOptions& options,
                                        FailureLatch& failure, Deadline deadline);

}  // namespace boxtest
