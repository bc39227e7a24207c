#pragma once

#include <filesystem>

#include "base/Deadline.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Process.hpp"

namespace boxtest {

/// A compressed state on its way into a QEMU: `zstd` writes it into a pipe, which QEMU inherits.
class PipedState {
   public:
    /// Throws UsageError when there is no zstd, SystemError.
    explicit PipedState(const std::filesystem::path& compressed);

    /// The end to read from.
    int fd() const { return reading_.get(); }
    /// QEMU has it now.
    void handOver() { reading_.reset(); }
    /// Throws GuestError when not all of the state was there.
    void finish(Deadline deadline);

   private:
    std::filesystem::path file_;
    FileDescriptor reading_;
    Process program_;
};

/// Renames, or copies and removes where the two lie on different file systems. Throws SystemError.
void moveFile(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace boxtest
