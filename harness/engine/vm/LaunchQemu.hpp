#pragma once

#include <filesystem>
#include <memory>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"
#include "vm/QemuProcess.hpp"

namespace boxtest {

/// The sockets of a QEMU launched in that folder: QMP, the guest's agent, the second network card and where it sends to.
std::filesystem::path qmpSocketIn(const std::filesystem::path& folder);
std::filesystem::path agentSocketIn(const std::filesystem::path& folder);
std::filesystem::path lanSocketIn(const std::filesystem::path& folder);
std::filesystem::path lanPeerIn(const std::filesystem::path& folder);

/// Starts QEMU on new overlays. Its sockets are listening before QEMU starts, so that to connect to one
/// never comes too early: a QEMU that dies resets the connection. Throws SystemError, TimeoutError, GuestError (by the latch).
std::unique_ptr<QemuProcess> launchQemu(const MachineSpec& spec, const LaunchOptions& options, FailureLatch& failure,
                                        Deadline deadline);

}  // namespace boxtest
