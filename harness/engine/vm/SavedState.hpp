#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "vm/Machine.hpp"

namespace boxtest {

/// A stopped machine's state, to a file and back, by QEMU's migration. RAM that lies in a file of its own (RamUse::written) is
/// left out (x-ignore-shared); all other RAM is in the state.

/// Stops the machine and writes its state to a new file, replacing an old one. The machine stays stopped. Throws an Error of kind
/// system with QEMU's error-desc (a full disk, for example), TimeoutError, GuestError.
void saveState(Machine& machine, const std::filesystem::path& file, Deadline deadline);

/// Gives a machine that was started with LaunchOptions::incoming its state, from a file or from a descriptor that its QEMU has
/// inherited (a pipe). It stays stopped. Throws GuestError when QEMU cannot take it, TimeoutError.
void loadState(Machine& machine, const std::filesystem::path& file, Deadline deadline);
void loadState(Machine& machine, int descriptor, Deadline deadline);

}  // namespace boxtest
