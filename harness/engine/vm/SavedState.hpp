#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "vm/Machine.hpp"

namespace boxtest {

/// Saves the state of a stopped machine to a file, and loads it, by QEMU's migration. RAM in a separate file (RamUse::written) is
/// left out (x-ignore-shared); all other RAM is in the state.

/// Stops the machine and writes its state to a new file, replacing an old one. The machine stays stopped. Throws an Error of kind
/// system with QEMU's error-desc (a full disk, for example), TimeoutError, GuestError.
void saveState(Machine& machine, const std::filesystem::path& file, Deadline deadline);

/// Loads a state into a machine that was started with LaunchOptions::incoming, from a file or from a descriptor that its QEMU has
/// inherited (a pipe). The machine stays stopped. Throws GuestError when QEMU cannot load the state, TimeoutError.
void loadState(Machine& machine, const std::filesystem::path& file, Deadline deadline);
void loadState(Machine& machine, int descriptor, Deadline deadline);

}  // namespace boxtest
