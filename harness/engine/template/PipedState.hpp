#pragma once

#include <exception>
#include <filesystem>

#include "base/BackgroundThread.hpp"
#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A compressed state on its way into a QEMU: a thread decompresses it into a pipe, which QEMU inherits.
class PipedState {
   public:
    /// Throws SystemError.
    explicit PipedState(const std::filesystem::path& compressed);
    PipedState(const PipedState&) = delete;
    PipedState& operator=(const PipedState&) = delete;
    /// Ends the thread, whoever still reads.
    ~PipedState();

    /// The end to read from.
    int fd() const { return reading_.get(); }
    /// QEMU has it now.
    void handOver() { reading_.reset(); }
    /// Throws GuestError when the file is known to be broken by now.
    void check() const;
    /// Throws GuestError when not all of the state was there, TimeoutError.
    void finish(Deadline deadline);

   private:
    void run(const std::filesystem::path& file);

    FileDescriptor reading_;
    FileDescriptor writing_;
    std::exception_ptr failed_;
    Event abandoned_;
    Event ended_;
    BackgroundThread thread_;  ///< Last: it uses all above, and is joined first.
};

/// Renames, or copies and removes where the two lie on different file systems. Throws SystemError.
void moveFile(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace boxtest
