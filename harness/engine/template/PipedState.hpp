#pragma once

#include <exception>
#include <filesystem>

#include "base/BackgroundThread.hpp"
#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Passes a compressed state to a QEMU: a thread decompresses it into a pipe, which QEMU inherits.
class PipedState {
   public:
    /// Throws SystemError.
    explicit PipedState(const std::filesystem::path& compressed);
    PipedState(const PipedState&) = delete;
    PipedState& operator=(const PipedState&) = delete;
    /// Ends the thread, even if the pipe is still being read.
    ~PipedState();

    /// The read end of the pipe.
    int fd() const { return reading_.get(); }
    /// Called when QEMU has inherited the read end: closes this process's copy.
    void handOver() { reading_.reset(); }
    /// Throws GuestError if the decompression has failed by now.
    void check() const;
    /// Waits for the end of the decompression. Throws GuestError when the state was incomplete, TimeoutError.
    void finish(Deadline deadline);

   private:
    void run(const std::filesystem::path& file);

    FileDescriptor reading_;
    FileDescriptor writing_;
    std::exception_ptr failed_;
    Event abandoned_;
    Event ended_;
    BackgroundThread thread_;  ///< Last member: it uses all members above, and is joined first.
};

/// Renames a file; copies and removes it when the two paths are on different file systems. Throws SystemError.
void moveFile(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace boxtest
