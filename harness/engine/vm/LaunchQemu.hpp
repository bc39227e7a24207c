#pragma once

#include <filesystem>
#include <memory>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"
#include "vm/QemuProcess.hpp"

namespace boxtest {

/// The sockets of a QEMU in that folder: QMP, the guest's agent, the second network card, and the peer of that card.
std::filesystem::path qmpSocketIn(const std::filesystem::path& folder);
std::filesystem::path agentSocketIn(const std::filesystem::path& folder);
std::filesystem::path lanSocketIn(const std::filesystem::path& folder);
std::filesystem::path lanPeerIn(const std::filesystem::path& folder);

/// Starts QEMU on new overlays. Its sockets listen before QEMU starts, so that a connection is always possible; when QEMU dies,
/// the connection is reset. Throws SystemError, TimeoutError, GuestError (the latch).
std::unique_ptr<QemuProcess> launchQemu(const MachineSpec& spec, const LaunchOptions& options, FailureLatch& failure,
                                        Deadline deadline);

}  // namespace boxtest
